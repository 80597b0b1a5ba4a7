//! Every call of the management API from the command line: directly on the database, or against a running server.
//!
//! The commands are made from the API's own description, so that there is no call without one.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode, header};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Map, Value};
use tower::ServiceExt;

use crate::actions::{App, OwnHand};
use crate::outbound::Outbound;
use crate::types::Secret;
use crate::web;

/// `vestibule api ...`
#[derive(clap::Args)]
pub(super) struct Api {
    /// A running server, by its issuer; without it the call acts directly on the database of the configuration.
    #[arg(long, global = true, value_name = "URL")]
    server: Option<String>,
    /// A file with an access token for that server's API.
    #[arg(long, global = true, value_name = "FILE", requires = "server")]
    token_file: Option<PathBuf>,
    /// Or a client of it, which gets a token by client credentials.
    #[arg(long, global = true, value_name = "ID", requires = "client_secret_file")]
    as_client: Option<String>,
    /// A file with that client's secret.
    #[arg(long, global = true, value_name = "FILE", requires = "server")]
    client_secret_file: Option<PathBuf>,
    /// The company that its token is for; without one, the whole provider.
    #[arg(long, global = true, value_name = "COMPANY", requires = "as_client")]
    in_company: Option<String>,
    #[command(subcommand)]
    call: Call,
}

/// One call: what stands on the command line, ready to be sent.
struct Call {
    method: String,
    path: String,
    media_type: String,
    body: Vec<u8>,
}

/// The kinds of members that have a flag of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Flag,
    Texts,
}

/// A call as the description has it.
struct Operation {
    name: String,
    method: String,
    path: String,
    summary: String,
    path_parameters: Vec<(String, String)>,
    query: Vec<(String, String)>,
    media_type: Option<String>,
    members: Vec<(String, String, Kind)>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// `listClients` as `list-clients`.
fn kebab(name: &str) -> String {
    name.chars().flat_map(|c| if c.is_ascii_uppercase() { vec!['-', c.to_ascii_lowercase()] } else { vec![c] }).collect()
}

/// The flag of a member; `--help` is taken.
fn flag(name: &str) -> String {
    if name == "help" { "help-with".to_owned() } else { name.replace('_', "-") }
}

fn kind_of(schema: &Value) -> Option<Kind> {
    let named = |name: &str| schema["type"] == name || schema["type"].as_array().is_some_and(|all| all.iter().any(|t| t == name));
    match schema {
        _ if named("string") => Some(Kind::Text),
        _ if named("integer") => Some(Kind::Number),
        _ if named("boolean") => Some(Kind::Flag),
        _ if named("array") && schema["items"]["type"] == "string" => Some(Kind::Texts),
        _ => None,
    }
}

fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&web::openapi_document()).unwrap_or_default();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, described) in methods.as_object().into_iter().flatten() {
            let parameters = |place: &str| -> Vec<(String, String)> {
                let here = described["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == place);
                here.map(|p| (text(&p["name"]), text(&p["description"]))).collect()
            };
            let path_parameters = parameters("path");
            let content = described["requestBody"]["content"].as_object().and_then(|c| c.iter().next());
            let schema = content.and_then(|(_, c)| c["schema"]["$ref"].as_str()).and_then(|r| r.strip_prefix('#')).and_then(|r| document.pointer(r));
            let own = |name: &String| !path_parameters.iter().any(|(p, _)| p == name) && name != "body";
            let members = schema.and_then(|s| s["properties"].as_object()).into_iter().flatten();
            let members = members.filter(|(name, _)| own(name)).filter_map(|(name, s)| Some((name.clone(), text(&s["description"]), kind_of(s)?))).collect();
            all.push(Operation {
                name: kebab(described["operationId"].as_str().unwrap_or_default()),
                method: method.to_uppercase(),
                path: path.clone(),
                summary: text(&described["summary"]),
                query: parameters("query"),
                media_type: content.map(|(media_type, _)| media_type.clone()),
                members,
                path_parameters,
            });
        }
    }
    all
}

impl Operation {
    fn command(&self) -> Command {
        let mut command = Command::new(self.name.clone()).about(self.summary.clone()).after_help(format!("{} {}", self.method, self.path));
        for (name, help) in &self.path_parameters {
            command = command.arg(Arg::new(name.clone()).long(flag(name)).value_name("VALUE").required(true).help(help.clone()));
        }
        for (name, help) in &self.query {
            command = command.arg(Arg::new(format!("?{name}")).long(flag(name)).value_name("VALUE").help(help.clone()));
        }
        if self.media_type.is_some() {
            command = command
                .arg(Arg::new("body").long("body").value_name("BODY").help("The body itself, @FILE, or - for standard input; flags go over its members"));
        }
        for (name, help, kind) in &self.members {
            let arg = Arg::new(format!("={name}")).long(flag(name)).value_name("VALUE").help(help.clone());
            command = command.arg(match kind {
                Kind::Text => arg,
                Kind::Number => arg.value_parser(clap::value_parser!(i64)).allow_negative_numbers(true),
                Kind::Flag => arg.value_parser(clap::value_parser!(bool)),
                Kind::Texts => arg.action(ArgAction::Append),
            });
        }
        command
    }

    fn call(&self, matches: &ArgMatches) -> anyhow::Result<Call> {
        let encoded = |value: &str| url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20");
        let mut path = self.path.clone();
        for (name, _) in &self.path_parameters {
            let value = matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
            ensure!(!value.is_empty(), "--{} is empty", flag(name));
            path = path.replace(&format!("{{{name}}}"), &encoded(value));
        }
        let query: Vec<String> =
            self.query.iter().filter_map(|(name, _)| Some(format!("{name}={}", encoded(matches.get_one::<String>(&format!("?{name}"))?)))).collect();
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let media_type = self.media_type.clone().unwrap_or_default();
        let given = if self.media_type.is_some() { matches.get_one::<String>("body") } else { None };
        let mut body = given.map(|b| given_body(b)).transpose()?.unwrap_or_default();
        if media_type == "application/json" {
            let mut members: Map<String, Value> =
                if body.is_empty() { Map::new() } else { serde_json::from_slice(&body).context("--body is no JSON object")? };
            for (name, _, kind) in &self.members {
                let id = format!("={name}");
                let value: Option<Value> = match kind {
                    Kind::Text => matches.get_one::<String>(&id).map(|t| t.as_str().into()),
                    Kind::Number => matches.get_one::<i64>(&id).map(|n| (*n).into()),
                    Kind::Flag => matches.get_one::<bool>(&id).map(|b| (*b).into()),
                    Kind::Texts => matches.get_many::<String>(&id).map(|all| all.cloned().collect()),
                };
                if let Some(value) = value {
                    members.insert(name.clone(), value);
                }
            }
            body = Value::Object(members).to_string().into_bytes();
        }
        Ok(Call { method: self.method.clone(), path, media_type, body })
    }
}

fn given_body(given: &str) -> anyhow::Result<Vec<u8>> {
    Ok(match given.strip_prefix('@') {
        Some(file) => std::fs::read(file).with_context(|| format!("{file} cannot be read"))?,
        None if given == "-" => {
            let mut body = Vec::new();
            std::io::stdin().read_to_end(&mut body)?;
            body
        }
        None => given.as_bytes().to_vec(),
    })
}

impl clap::FromArgMatches for Call {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let wrong = |kind, text: String| clap::Error::raw(kind, format!("{text}\n"));
        let Some((name, matches)) = matches.subcommand() else { return Err(wrong(clap::error::ErrorKind::MissingSubcommand, "which call?".into())) };
        let all = operations();
        let operation =
            all.iter().find(|o| o.name == name).ok_or_else(|| wrong(clap::error::ErrorKind::InvalidSubcommand, format!("there is no call {name}")))?;
        operation.call(matches).map_err(|e| wrong(clap::error::ErrorKind::ValueValidation, format!("{e:#}")))
    }
    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Subcommand for Call {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommands(operations().iter().map(Operation::command)).subcommand_required(true).arg_required_else_help(true)
    }
    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }
    fn has_subcommand(name: &str) -> bool {
        operations().iter().any(|o| o.name == name)
    }
}

impl Api {
    /// Whether it acts on the database of the configuration.
    pub fn is_local(&self) -> bool {
        self.server.is_none()
    }
}

/// Makes the call on the database, as who has it in hand.
pub(super) async fn local(app: Arc<App>, api: Api, json: bool) -> anyhow::Result<()> {
    let call = api.call;
    let mut request = Request::builder().method(call.method.as_str()).uri(&call.path);
    if !call.media_type.is_empty() {
        request = request.header(header::CONTENT_TYPE, &call.media_type);
    }
    let mut request = request.body(Body::from(call.body))?;
    request.extensions_mut().insert(OwnHand);
    let answer = web::router(app).oneshot(request).await?;
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await?;
    print(status, &body, json)
}

/// Makes the call at a running server.
pub(super) async fn remote(api: Api, json: bool) -> anyhow::Result<()> {
    let server = api.server.unwrap_or_default().trim_end_matches('/').to_owned();
    let http = Outbound::new(true)?;
    let read =
        |file: &PathBuf| std::fs::read_to_string(file).map(|t| Secret::new(t.trim().to_owned())).with_context(|| format!("{} cannot be read", file.display()));
    let token = match (&api.token_file, &api.as_client, &api.client_secret_file) {
        (Some(file), _, _) => read(file)?,
        (None, Some(client), Some(file)) => http.client_token(&server, client, &read(file)?, api.in_company.as_deref()).await?,
        _ => bail!("--token-file, or --as-client with --client-secret-file, is needed"),
    };
    let (status, body) = http.call_api(&api.call.method, &format!("{server}{}", api.call.path), &token, &api.call.media_type, api.call.body).await?;
    print(StatusCode::from_u16(status)?, &body.into(), json)
}

/// Prints an answer, or says why there is none.
fn print(status: StatusCode, body: &Bytes, json: bool) -> anyhow::Result<()> {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    if !status.is_success() {
        let reason = value["type"].as_str().and_then(|t| t.rsplit('/').next()).unwrap_or_default();
        bail!("{} {reason}: {}", status.as_u16(), value["title"].as_str().unwrap_or("refused"));
    }
    if json {
        println!("{}", if value.is_null() { Value::Object(Map::new()) } else { value });
        return Ok(());
    }
    match &value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::Array(items) if items.iter().any(Value::is_object) => items.iter().for_each(|item| println!("{}", line(item))),
                    value => println!("{name}={}", shown(value)),
                }
            }
        }
        _ => println!("done"),
    }
    Ok(())
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// One item of a list on a line.
fn line(item: &Value) -> String {
    item.as_object().into_iter().flatten().filter(|(_, v)| !v.is_null()).map(|(name, v)| format!("{name}={}", shown(v))).collect::<Vec<_>>().join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_of_the_api_has_a_command_and_no_two_have_the_same() {
        let all = operations();
        let names: std::collections::BTreeSet<&str> = all.iter().map(|o| o.name.as_str()).collect();
        assert_eq!(names.len(), all.len());
        assert!(all.len() > 70 && names.contains("list-clients") && names.contains("invite-somebody"), "{names:?}");
        let command = <Call as clap::Subcommand>::augment_subcommands(Command::new("api"));
        command.debug_assert();
    }
}
