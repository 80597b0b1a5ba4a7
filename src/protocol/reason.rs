//! Our stable reasons (design.md section 6). Each is a page at `{issuer}/errors/{reason}`.

macro_rules! reasons {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// Why a request was refused, more precisely than its code can say.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Reason { $(
            #[doc = concat!("`", $text, "`")]
            $name),*
        }
        impl Reason {
            /// Every reason there is a page for.
            pub const ALL: &'static [Reason] = &[$(Reason::$name),*];
            /// The last segment of its `error_uri`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Reason::$name => $text),* }
            }
            /// The reason with this name.
            pub fn named(text: &str) -> Option<Reason> {
                Reason::ALL.iter().copied().find(|r| r.as_str() == text)
            }
        }
    };
}

reasons! {
    OrganizationAccessDenied = "organization-access-denied",
    AccountEnded = "account-ended",
    AccountAmbiguous = "account-ambiguous",
    OrganizationNotAllowed = "organization-not-allowed",
    NoOrganization = "no-organization",
    SwitchNeedsBrowser = "switch-needs-browser",
    AcrUnreachable = "acr-unreachable",
    StepUpRequired = "step-up-required",
    MfaEnrollmentRequired = "mfa-enrollment-required",
    LinkTargetMfaRequired = "link-target-mfa-required",
    PrimaryHasLinkedAccounts = "primary-has-linked-accounts",
    LinkProofFailed = "link-proof-failed",
    LinkSelf = "link-self",
    LinkExists = "link-exists",
    LinkTargetUnavailable = "link-target-unavailable",
    PolicyForbidsLink = "policy-forbids-link",
    InitiatorEmailUnverified = "initiator-email-unverified",
    LinkTargetAmbiguous = "link-target-ambiguous",
    LinkTargetUnverified = "link-target-unverified",
    AlreadyMemberOnBothSides = "already-member-on-both-sides",
    InvitationWrongIdentity = "invitation-wrong-identity",
    InvitationUsed = "invitation-used",
    InvitationExpired = "invitation-expired",
    InvitationRevoked = "invitation-revoked",
    AlreadyMember = "already-member",
    AccountKindNotAllowed = "account-kind-not-allowed",
    AddUserExistsUseInvite = "add-user-exists-use-invite",
    InviteEmailIsAnotherUsername = "invite-email-is-another-username",
    LastOwner = "last-owner",
    AskedTooOften = "asked-too-often",
    MoreThanYouHold = "more-than-you-hold",
    NotYourself = "not-yourself",
    InvalidAddress = "invalid-address",
    InvalidDate = "invalid-date",
    AddressTaken = "address-taken",
    AccountFrozen = "account-frozen",
    EmailChangedLately = "email-changed-lately",
    LastSignInMethod = "last-sign-in-method",
}
