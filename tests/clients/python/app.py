"""A relying app as a customer would write it, for the browser tests: the unmodified Authlib library speaks
the protocol through its Flask integration, and this file only keeps the session and shows what came out."""

import json
import logging
import os
import secrets

from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask, redirect, request, session
from joserfc.errors import JoseError
from markupsafe import escape
from werkzeug.serving import make_server

ISSUER = os.environ["ISSUER"]
CLIENT_ID = os.environ["CLIENT_ID"]
APP_URL = os.environ["APP_URL"]

app = Flask(__name__)
app.config.update(
    SECRET_KEY=secrets.token_bytes(32),
    SESSION_COOKIE_NAME="python_app",
    SESSION_COOKIE_SECURE=True,
    SESSION_COOKIE_HTTPONLY=True,
    SESSION_COOKIE_SAMESITE="Lax",
)


class Pending(dict):
    """The library puts requests under way here. Without it they go into the cookie, and a handful of
    abandoned ones would make the cookie longer than a browser takes."""

    def set(self, key, value, expires_in):
        self[key] = value

    def delete(self, key):
        self.pop(key, None)


# Discovery waits for the first request by itself, so that the app can start before the provider does.
oauth = OAuth(app, cache=Pending())
oauth.register(
    "provider",
    client_id=CLIENT_ID,
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={
        "scope": "openid profile email",
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": "client_secret_basic",
        # With its usual minute the library would refresh a short-lived token unasked, and the tests count refreshes.
        "leeway": 0,
    },
)

# Both are given, because by default the library compares only `iss`, and with whatever discovery said.
CLAIMS_OPTIONS = {"iss": {"values": [ISSUER]}, "aud": {"values": [CLIENT_ID]}}

# Tokens stay here; the cookie holds the random key to them, and the states of requests under way.
signed_in = {}


def current():
    return signed_in.get(session.get("key"))


def page(body):
    return f'<!doctype html><html lang="en"><title>Python relying app</title>{body}</html>'


@app.errorhandler(OAuthError)
@app.errorhandler(JoseError)
def failed(error):
    return page(f'<pre id="error">{escape(error.error)}</pre>')


def adopt(token, claims, refreshed):
    # UserInfo is asked again after a refresh too, because that shows the new access token works.
    userinfo = oauth.provider.userinfo(token=token)
    # By hand, because the library leaves this comparison to its caller (OpenID Connect Core 5.3.2).
    if userinfo["sub"] != claims["sub"]:
        raise OAuthError("subject_changed")
    key = session.setdefault("key", secrets.token_urlsafe(32))
    signed_in[key] = {"token": token, "claims": claims, "userinfo": userinfo, "refreshed": refreshed}


# To change the company an app does nothing but ask again, so /switch is /start by another name.
@app.get("/start")
@app.get("/switch")
def start():
    names = ("organization", "prompt", "login_hint", "ui_locales")
    extra = {name: request.args[name] for name in names if name in request.args}
    return oauth.provider.authorize_redirect(f"{APP_URL}/callback", **extra)


@app.get("/callback")
def callback():
    # By hand, because the library has no check of `iss` in the answer (RFC 9207); the provider promises to send it.
    if request.args.get("iss") != ISSUER:
        raise OAuthError("mismatching_iss")
    # By hand, because the library reports an error before it has looked at the state.
    if not oauth.provider.framework.get_state_data(session, request.args.get("state")):
        raise OAuthError("mismatching_state")
    token = oauth.provider.authorize_access_token(claims_options=CLAIMS_OPTIONS)
    # By hand, because the library is content with an answer without an ID token. It keeps the claims as `userinfo`.
    if "userinfo" not in token:
        raise OAuthError("missing_id_token")
    adopt(token, token["userinfo"], 0)
    return redirect(f"{APP_URL}/me")


@app.get("/refresh")
def refresh():
    before = current()
    if not before or "refresh_token" not in before["token"]:
        raise OAuthError("no_refresh_token")
    token = oauth.provider.fetch_access_token(grant_type="refresh_token", refresh_token=before["token"]["refresh_token"])
    # A refresh answer may leave out what did not change (RFC 6749 section 6, OpenID Connect Core 12.2).
    claims = oauth.provider.parse_id_token(token, nonce=None, claims_options=CLAIMS_OPTIONS) or before["claims"]
    # By hand, because the library does not know the earlier ID token (OpenID Connect Core 12.2).
    if claims["sub"] != before["claims"]["sub"]:
        raise OAuthError("subject_changed")
    adopt({**before["token"], **token}, claims, before["refreshed"] + 1)
    return redirect(f"{APP_URL}/me")


@app.get("/logout")
def logout():
    before = signed_in.pop(session.pop("key", None), None)
    if not before:
        return redirect(f"{APP_URL}/me")
    return oauth.provider.logout_redirect(f"{APP_URL}/me", id_token_hint=before["token"]["id_token"])


@app.get("/me")
def me():
    # The provider sends the browser here after a sign-out, with the state it was given, and the library compares it.
    if "state" in request.args:
        oauth.provider.validate_logout_response()
    now = current()
    if not now:
        return page('<p id="signed-out">signed out</p><p><a href="/start">Sign in</a></p>')
    result = {name: now["claims"].get(name) for name in ("sub", "org_id", "org_name", "account_id", "sid", "roles")}
    result.update(userinfo=now["userinfo"], refresh_token="refresh_token" in now["token"], refreshed=now["refreshed"])
    return page(
        f'<pre id="result">{escape(json.dumps(result, indent=2))}</pre>'
        '<p><a href="/refresh">Refresh</a> <a href="/switch">Switch</a> <a href="/logout">Sign out</a></p>'
    )


if __name__ == "__main__":
    # A line for every request would fill a pipe that nobody reads, and the app would stand still.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    tls = (os.environ["TLS_CERT"], os.environ["TLS_KEY"])
    server = make_server("127.0.0.1", int(os.environ["PORT"]), app, threaded=True, ssl_context=tls)
    print("ready", flush=True)
    server.serve_forever()
