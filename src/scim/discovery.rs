//! What this server can do, out of the tables of the schema (RFC 7643, 5 to 7; RFC 7644, 4; RFC 9865, 4).

use super::bulk::MAX_OPERATIONS;
use super::query::{DEFAULT_COUNT, MAX_COUNT};
use super::schema::{Attribute, Type};
use super::value::{object, text};
use super::{ResourceType, ScimError};
use serde_json::Value;

/// Largest body of a request, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

fn meta(kind: &str, base: &str, path: &str) -> (&'static str, Value) {
    ("meta", object(vec![("resourceType", text(kind)), ("location", text([base, path].concat()))]))
}

fn schemas_of(name: &str) -> (&'static str, Value) {
    ("schemas", Value::Array(vec![text(["urn:ietf:params:scim:schemas:core:2.0:", name].concat())]))
}

fn supported(is_supported: bool) -> (&'static str, Value) {
    ("supported", is_supported.into())
}

/// `/ServiceProviderConfig`. `base` is the one that was called, without a slash at its end.
pub fn service_provider_config(base: &str) -> Value {
    let token = object(vec![
        ("type", text("oauthbearertoken")),
        ("name", text("Token of an API key")),
        ("description", text("Authorization: Bearer, with a token whose owner manages users and groups.")),
        ("specUri", text("https://www.rfc-editor.org/info/rfc6750")),
        ("primary", true.into()),
    ]);
    object(vec![
        schemas_of("ServiceProviderConfig"),
        ("patch", object(vec![supported(true)])),
        (
            "bulk",
            object(vec![
                supported(true),
                ("maxOperations", MAX_OPERATIONS.into()),
                ("maxPayloadSize", MAX_BODY.into()),
            ]),
        ),
        ("filter", object(vec![supported(true), ("maxResults", MAX_COUNT.into())])),
        ("changePassword", object(vec![supported(false)])),
        ("sort", object(vec![supported(true)])),
        ("etag", object(vec![supported(true)])),
        (
            "pagination",
            object(vec![
                ("cursor", true.into()),
                ("index", true.into()),
                ("defaultPaginationMethod", text("index")),
                ("defaultPageSize", DEFAULT_COUNT.into()),
                ("maxPageSize", MAX_COUNT.into()),
            ]),
        ),
        ("authenticationSchemes", Value::Array(vec![token])),
        meta("ServiceProviderConfig", base, "/ServiceProviderConfig"),
    ])
}

/// Those of `/ResourceTypes`.
pub fn resource_types(base: &str) -> Vec<Value> {
    ResourceType::ALL.into_iter().map(|resource| resource_type(resource, base)).collect()
}

/// One resource type.
pub fn resource_type(resource: ResourceType, base: &str) -> Value {
    let extensions = resource.attributes().iter().filter(|attribute| attribute.is_extension());
    let extensions =
        extensions.map(|extension| object(vec![("schema", text(extension.name)), ("required", false.into())]));
    object(vec![
        schemas_of("ResourceType"),
        ("id", text(resource.name())),
        ("name", text(resource.name())),
        ("description", text(described(resource))),
        ("endpoint", text(resource.endpoint())),
        ("schema", text(resource.urn())),
        ("schemaExtensions", Value::Array(extensions.collect())),
        meta("ResourceType", base, &["/ResourceTypes/", resource.name()].concat()),
    ])
}

fn described(resource: ResourceType) -> &'static str {
    match resource {
        ResourceType::User => "A person.",
        ResourceType::Group => "A group of users.",
    }
}

/// Those of `/Schemas`.
pub fn schemas(base: &str) -> Vec<Value> {
    let mut schemas = Vec::new();
    for resource in ResourceType::ALL {
        let attributes = resource.attributes();
        schemas.push(schema(resource.urn(), resource.name(), described(resource), attributes, base));
        for extension in attributes.iter().filter(|attribute| attribute.is_extension()) {
            schemas.push(schema(extension.name, "EnterpriseUser", extension.description, extension.sub, base));
        }
    }
    schemas
}

fn schema(urn: &str, name: &str, description: &str, attributes: &[Attribute], base: &str) -> Value {
    object(vec![
        schemas_of("Schema"),
        ("id", text(urn)),
        ("name", text(name)),
        ("description", text(description)),
        ("attributes", shown(attributes)),
        meta("Schema", base, &["/Schemas/", urn].concat()),
    ])
}

fn shown(attributes: &[Attribute]) -> Value {
    attributes.iter().filter(|attribute| !attribute.is_extension()).map(attribute).collect()
}

fn attribute(attribute: &Attribute) -> Value {
    let texts = |texts: &[&str]| texts.iter().map(|one| text(*one)).collect::<Value>();
    let mut members = vec![
        ("name", text(attribute.name)),
        ("type", text(attribute.kind.name())),
        ("multiValued", attribute.many.into()),
        ("required", attribute.required.into()),
        ("mutability", text(attribute.mutability.name())),
        ("returned", text(attribute.returned.name())),
    ];
    if !attribute.description.is_empty() {
        members.push(("description", text(attribute.description)));
    }
    if matches!(attribute.kind, Type::String | Type::Reference | Type::Binary) {
        members.push(("caseExact", attribute.exact.into()));
        members.push(("uniqueness", text(if attribute.unique { "server" } else { "none" })));
    }
    if !attribute.canonical.is_empty() {
        members.push(("canonicalValues", texts(attribute.canonical)));
    }
    if !attribute.references.is_empty() {
        members.push(("referenceTypes", texts(attribute.references)));
    }
    if !attribute.sub.is_empty() {
        members.push(("subAttributes", shown(attribute.sub)));
    }
    object(members)
}

/// The entry of `/Schemas/{urn}` or `/ResourceTypes/{id}`, compared without case.
pub fn by_id(entries: Vec<Value>, id: &str) -> Result<Value, ScimError> {
    let is_meant = |entry: &Value| entry.get("id").and_then(Value::as_str).is_some_and(|i| i.eq_ignore_ascii_case(id));
    let found = entries.into_iter().find(is_meant);
    found.ok_or_else(|| ScimError::protocol(404, None, "There is none of this id. Ask for the whole list."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::ENTERPRISE_URN;
    use serde_json::json;

    const BASE: &str = "https://sso.example/scim/v2/acme";

    #[test]
    fn every_attribute_of_every_schema_is_shown() {
        let schemas = schemas(BASE);
        let ids: Vec<&str> = schemas.iter().filter_map(|schema| schema["id"].as_str()).collect();
        assert_eq!(ids, [ResourceType::User.urn(), ENTERPRISE_URN, ResourceType::Group.urn()]);
        let names = |schema: &Value| {
            let attributes = schema["attributes"].as_array().unwrap().iter();
            attributes.map(|attribute| attribute["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        for (schema, resource) in [(&schemas[0], ResourceType::User), (&schemas[2], ResourceType::Group)] {
            let expected: Vec<&str> =
                resource.attributes().iter().filter(|one| !one.is_extension()).map(|one| one.name).collect();
            assert_eq!(names(schema), expected);
        }
        assert_eq!(names(&schemas[1]).len(), 6);
    }

    #[test]
    fn an_attribute_is_shown_with_what_holds_of_it() {
        let group = by_id(schemas(BASE), &ResourceType::Group.urn().to_uppercase()).unwrap();
        assert_eq!(
            group["attributes"][1]["subAttributes"][1],
            json!({
                "name": "$ref", "type": "reference", "multiValued": false, "required": false, "mutability": "immutable",
                "returned": "default", "caseExact": true, "uniqueness": "none", "referenceTypes": ["User"],
            })
        );
        assert_eq!(group["attributes"][0]["required"], json!(true));
        assert_eq!(group["meta"]["location"], json!([BASE, "/Schemas/", ResourceType::Group.urn()].concat()));
    }

    #[test]
    fn resource_types_say_where_their_resources_are() {
        let user = by_id(resource_types(BASE), "user").unwrap();
        assert_eq!(user["endpoint"], json!("/Users"));
        assert_eq!(user["schemaExtensions"], json!([{"schema": ENTERPRISE_URN, "required": false}]));
        assert_eq!(by_id(resource_types(BASE), "Device").unwrap_err().status(), 404);
    }

    #[test]
    fn the_bounds_are_said() {
        let config = service_provider_config(BASE);
        assert_eq!(config["bulk"], json!({"supported": true, "maxOperations": 1000, "maxPayloadSize": 1_048_576}));
        assert_eq!(config["filter"], json!({"supported": true, "maxResults": 200}));
        assert_eq!(config["pagination"]["cursor"], json!(true));
    }
}
