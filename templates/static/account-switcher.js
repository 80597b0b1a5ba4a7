// <account-switcher>: which account an app is in, and the others one click away (docs/clients.md, "The switcher").
//
//   <script type="module" src="https://provider/account-switcher.js"></script>
//   <account-switcher client-id="cli_..." src="/accounts"></account-switcher>
//
// `src` is the app's own address that passes on GET {issuer}/api/v1/me/accounts; or the property `token` is an access token
// with scope `organizations` for {issuer}/api. With neither it is a link to the provider's own chooser.
const issuer = new URL(import.meta.url).origin;
const words = {
  en: { label: "Switch account", here: "You are here", through: "through a link", search: "Company name", none: "No company matches.", all: "All accounts", failed: "The accounts could not be read.", count: (n, more) => `${n}${more ? " or more" : ""} accounts` },
  fr: { label: "Changer de compte", here: "Vous êtes ici", through: "par un lien", search: "Nom de l’entreprise", none: "Aucune entreprise ne correspond.", all: "Tous les comptes", failed: "Les comptes n’ont pas pu être lus.", count: (n, more) => `${n}${more ? " ou plus" : ""} comptes` },
};
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host { display: inline-block; position: relative; font: inherit; color: inherit; }
:host([hidden]) { display: none; }
.toggle { font: inherit; color: inherit; background: transparent; border: 1px solid currentColor; border-radius: .6rem; min-height: 2.75rem; padding: .3rem .8rem; display: inline-flex; gap: .5rem; align-items: center; cursor: pointer; text-decoration: none; }
svg { flex: none; }
.count { font-size: .8em; min-width: 1.4em; text-align: center; border: 1px solid currentColor; border-radius: 1em; padding: 0 .4em; }
.panel { position: absolute; inset-inline-end: 0; z-index: 10; width: min(20rem, calc(100vw - 2rem)); max-height: 70vh; overflow: auto; margin-top: .35rem; padding: .5rem; border: 1px solid; border-radius: .6rem; background: Canvas; color: CanvasText; box-shadow: 0 8px 28px rgb(0 0 0 / 18%); }
@media (max-width: 31rem) { .panel { position: fixed; inset-inline: 1rem; width: auto; } }
ul { list-style: none; margin: 0; padding: 0; }
.panel a { display: grid; gap: .1rem; padding: .55rem .6rem; border-radius: .4rem; color: inherit; text-decoration: none; min-height: 2.75rem; align-content: center; overflow-wrap: anywhere; }
.panel a:hover, .panel a:focus-visible { background: color-mix(in srgb, CanvasText 10%, Canvas); }
.panel a[aria-current] strong::before { content: "✓ "; }
small { opacity: .8; }
input { font: inherit; width: 100%; box-sizing: border-box; min-height: 2.75rem; padding: .3rem .6rem; margin-bottom: .35rem; border: 1px solid; border-radius: .4rem; background: Canvas; color: CanvasText; }
p { margin: .5rem .6rem; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }`);
const icon = '<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false"><path d="M4 8h13l-4-4M20 16H7l4 4" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>';

// Text is only ever set as text.
const make = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value != null && value !== false) made.setAttribute(name, value);
  made.append(...children.filter((child) => child != null));
  return made;
};

class AccountSwitcher extends HTMLElement {
  static observedAttributes = ["src", "client-id", "target-link-uri", "lang"];
  #token = null;
  #list = null;
  #open = false;
  #search = "";
  #typed = "";
  #asked = 0;

  /** An access token with scope `organizations` for {issuer}/api. */
  set token(value) { this.#token = value; this.#load(); }

  connectedCallback() {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
      this.shadowRoot.addEventListener("keydown", (event) => this.#key(event));
      this.addEventListener("focusout", (event) => { if (this.#open && !this.contains(event.relatedTarget) && event.relatedTarget) this.#show(false); });
    }
    this.outside = (event) => { if (this.#open && !event.composedPath().includes(this)) this.#show(false); };
    document.addEventListener("pointerdown", this.outside);
    this.#load();
  }
  disconnectedCallback() { document.removeEventListener("pointerdown", this.outside); }
  attributeChangedCallback() { if (this.shadowRoot) this.#load(); }

  get #words() {
    const tag = this.closest("[lang]")?.lang || navigator.language || "en";
    return words[tag.slice(0, 2).toLowerCase()] ?? words.en;
  }
  #chooser() {
    const url = new URL("/switch", issuer);
    url.searchParams.set("client_id", this.getAttribute("client-id") ?? "");
    const target = this.getAttribute("target-link-uri");
    if (target) url.searchParams.set("target_link_uri", target);
    return url.href;
  }
  // Only the provider's own address is ever followed, whatever a list says.
  #to(account) {
    const url = new URL(account.switch_uri, issuer);
    if (url.origin !== issuer) return this.#chooser();
    const target = this.getAttribute("target-link-uri");
    if (target) url.searchParams.set("target_link_uri", target);
    return url.href;
  }
  async #load() {
    const source = this.getAttribute("src");
    if (!source && !this.#token) { this.#list = null; return this.#draw(); }
    const asked = ++this.#asked;
    try {
      const url = new URL(source ?? "/api/v1/me/accounts", source ? document.baseURI : issuer);
      url.searchParams.set("limit", "20");
      if (this.#search) url.searchParams.set("q", this.#search);
      const answer = await fetch(url, source ? { credentials: "same-origin" } : { headers: { authorization: `Bearer ${this.#token}` }, credentials: "omit" });
      if (!answer.ok) throw new Error(String(answer.status));
      const list = await answer.json();
      if (asked === this.#asked) this.#list = list;
    } catch {
      if (asked === this.#asked) this.#list = { accounts: [], failed: true };
    }
    if (asked === this.#asked) this.#draw();
  }
  #show(open, focus) {
    this.#open = open;
    if (!open && this.#search) { this.#search = this.#typed = ""; this.#load(); }
    this.#draw();
    if (focus) this.shadowRoot.querySelector(open ? ".panel input, .panel a" : ".toggle")?.focus();
  }
  #key(event) {
    if (!this.#open) return;
    const stops = [...this.shadowRoot.querySelectorAll(".panel input, .panel a")];
    const at = stops.indexOf(this.shadowRoot.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (event.key === "Escape") { this.#show(false, true); event.stopPropagation(); }
    else if (to !== undefined && !(stops[at]?.tagName === "INPUT" && (event.key === "Home" || event.key === "End"))) {
      event.preventDefault();
      stops[(to + stops.length) % stops.length]?.focus();
    }
  }
  #draw() {
    const t = this.#words;
    const label = this.getAttribute("label") ?? t.label;
    if (!this.#list) {
      const link = make("a", { class: "toggle", part: "toggle", href: this.#chooser() });
      link.innerHTML = icon;
      link.append(label);
      return this.shadowRoot.replaceChildren(link);
    }
    const had = this.shadowRoot.activeElement?.tagName;
    const { accounts, next_cursor: more, failed } = this.#list;
    if (!this.#search) this.total = accounts.length;
    const toggle = make("button", { class: "toggle", part: "toggle", type: "button", "aria-expanded": String(this.#open), "aria-controls": "panel" });
    toggle.innerHTML = icon;
    toggle.append(make("span", {}, label), make("span", { class: "count", "aria-hidden": "true" }, `${this.total}${more ? "+" : ""}`), make("span", { class: "hidden" }, t.count(this.total, more)));
    toggle.addEventListener("click", () => this.#show(!this.#open, true));
    const panel = make("div", { class: "panel", part: "panel", id: "panel", hidden: this.#open ? null : "" });
    if (this.total > 8 || more || this.#search) {
      const field = make("input", { type: "search", "aria-label": t.search, placeholder: t.search, value: this.#typed, maxlength: "100" });
      field.addEventListener("input", () => { this.#typed = field.value; clearTimeout(this.wait); this.wait = setTimeout(() => { this.#search = field.value.trim(); this.#load(); }, 200); });
      panel.append(field);
    }
    if (failed || accounts.length === 0) panel.append(make("p", { role: "status" }, failed ? t.failed : t.none));
    panel.append(make("ul", {}, ...accounts.map((a) => {
      const about = [a.current ? t.here : null, a.via === "own" ? null : t.through, (a.roles ?? []).join(", ") || null].filter(Boolean).join(" · ");
      return make("li", {}, make("a", { href: this.#to(a), "aria-current": a.current ? "true" : null, "data-account": a.account_id }, make("strong", {}, a.org_name), about ? make("small", {}, about) : null));
    })), make("a", { href: this.#chooser() }, t.all));
    this.shadowRoot.replaceChildren(toggle, panel);
    if (had === "INPUT" && this.#open) {
      const field = this.shadowRoot.querySelector("input");
      field?.focus();
      field?.setSelectionRange(field.value.length, field.value.length);
    }
  }
}
customElements.define("account-switcher", AccountSwitcher);
