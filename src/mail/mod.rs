//! Messages and transports. A message is written into the outbox as JSON and leaves by SMTP.

use lettre::message::{Mailbox, header};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::config;
use crate::types::EmailAddress;

/// A mail to be delivered: plain text, readable everywhere.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Mail {
    /// To whom.
    pub to: EmailAddress,
    /// The sender; without one, the configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// In which language it is written (BCP 47).
    pub language: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// Delivers mails.
#[derive(Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// From the configured URL.
    pub fn new(config: &config::Mail) -> anyhow::Result<Self> {
        Ok(Self {
            transport: AsyncSmtpTransport::<Tokio1Executor>::from_url(config.smtp_url.expose())?.timeout(Some(std::time::Duration::from_secs(20))).build(),
            from: config.from.parse()?,
        })
    }
    /// Delivers one.
    pub async fn send(&self, mail: &Mail) -> anyhow::Result<()> {
        let message = Message::builder()
            .from(mail.from.as_deref().map_or_else(|| Ok(self.from.clone()), str::parse)?)
            .to(mail.to.as_str().parse()?)
            .subject(&mail.subject)
            .header(header::ContentType::TEXT_PLAIN)
            .body(mail.body.clone())?;
        self.transport.send(message).await?;
        Ok(())
    }
}
