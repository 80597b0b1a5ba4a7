//! The reference of the management API for people, made from its description: nothing is fetched from outside, and no script is needed.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use crate::actions::App;
use crate::web::page::{Page, render};
use crate::web::visit::Visit;
use crate::web::{openapi_document, paths};

/// What the page prints, read off the description once.
static REFERENCE: LazyLock<Value> = LazyLock::new(|| reference(&serde_json::from_str(&openapi_document()).unwrap_or_default()));

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The last part of a reference into the document.
fn named(schema: &Value) -> Option<&str> {
    let of = |s: &Value| s["$ref"].as_str().and_then(|r| r.rsplit('/').next().map(str::to_owned));
    // A member that may be null is one of two.
    let alternatives = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    match alternatives {
        Some(all) => all.iter().find(|s| of(s).is_some()).and_then(|s| s["$ref"].as_str()),
        None => schema["$ref"].as_str(),
    }
    .and_then(|r| r.rsplit('/').next())
}

/// A type in a few words.
fn type_of(schema: &Value) -> String {
    if let Some(name) = named(schema) {
        return name.to_owned();
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(all) => all.iter().map(text).collect(),
        one => vec![text(one)],
    };
    let kinds: Vec<String> = kinds.into_iter().map(|k| if k == "array" { format!("array of {}", type_of(&schema["items"])) } else { k.to_owned() }).collect();
    kinds.join(" or ")
}

fn members(schema: &Value) -> Vec<Value> {
    let required = |name: &String| schema["required"].as_array().is_some_and(|all| all.iter().any(|r| r == name.as_str()));
    let all = schema["properties"].as_object().into_iter().flatten();
    all.map(|(name, s)| json!({"name": name, "type": type_of(s), "schema": named(s).or(named(&s["items"])), "description": s["description"], "required": required(name)})).collect()
}

/// The description, in the order in which people read it.
fn reference(document: &Value) -> Value {
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, o) in methods.as_object().into_iter().flatten() {
            let content = o["requestBody"]["content"].as_object().and_then(|c| c.iter().next());
            let responses = o["responses"].as_object().into_iter().flatten().map(|(status, r)| {
                let schema = r["content"].as_object().and_then(|c| c.values().next()).map(|c| &c["schema"]);
                json!({"status": status, "description": r["description"], "schema": schema.and_then(named)})
            });
            let scopes: Vec<&Value> = o["security"].as_array().into_iter().flatten().filter_map(|s| s["access_token"].as_array()).flatten().collect();
            let operation = json!({
                "id": o["operationId"], "method": method.to_uppercase(), "path": path, "summary": o["summary"], "scopes": scopes,
                "parameters": o["parameters"].as_array().into_iter().flatten().map(|p| json!({"name": p["name"], "in": p["in"], "required": p["required"], "description": p["description"]})).collect::<Vec<_>>(),
                "body": content.map(|(media_type, c)| json!({"media_type": media_type, "schema": named(&c["schema"])})),
                "responses": responses.collect::<Vec<_>>(),
            });
            let tag = text(&o["tags"][0]).to_owned();
            match groups.iter_mut().find(|(name, _)| *name == tag) {
                Some((_, operations)) => operations.push(operation),
                None => groups.push((tag, vec![operation])),
            }
        }
    }
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    json!({
        "groups": groups.into_iter().map(|(name, operations)| json!({"id": name.replace(' ', "-"), "name": name, "operations": operations})).collect::<Vec<_>>(),
        "schemas": schemas.map(|(name, s)| json!({"name": name, "description": s["description"], "members": members(s)})).collect::<Vec<_>>(),
    })
}

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    let mut values = REFERENCE.clone();
    values["document"] = paths::OPENAPI.into();
    values["base"] = app.issuer().into();
    values["resource"] = app.config.api_resource().into();
    render(&app, &visit, &Page::new("pages/reference.html", values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_stands_in_one_group_and_every_named_schema_is_there() {
        let reference = &*REFERENCE;
        let groups = reference["groups"].as_array().expect("groups");
        let operations: Vec<&Value> = groups.iter().flat_map(|g| g["operations"].as_array().expect("operations")).collect();
        assert!(operations.len() > 70, "{}", operations.len());
        let schemas: Vec<&str> = reference["schemas"].as_array().expect("schemas").iter().map(|s| text(&s["name"])).collect();
        let used = operations.iter().flat_map(|o| o["responses"].as_array().expect("some").iter().chain([&o["body"]])).filter_map(|r| r["schema"].as_str());
        for name in used {
            assert!(schemas.contains(&name), "{name}");
        }
    }
}
