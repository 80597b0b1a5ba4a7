//! The front door: router, paths, extractors, endpoints, pages, API. No SQL text and no decisions here.

mod api;
mod bearer;
mod cookie;
mod cors;
mod device;
mod doors;
mod endpoints;
mod error;
mod form;
mod frame;
mod headers;
mod page;
mod pages;
pub mod paths;
mod router;
mod visit;

pub use api::openapi_document;
pub use router::{ROUTES, Route, router};
