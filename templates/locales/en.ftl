skip-to-content = Skip to content
language = Language
continue = Continue
search = Search
search-companies = Company name
search-nothing = No company matches “{ $search }”.
start-again = Start again
request-id = If you ask for help, mention
for-developers = For the app’s developers:
what-to-do = What to do
signed-in-as = Signed in as

sign-in-title = Sign in
sign-in-lead = One sign-in for all your companies.
sign-in-to-client = to continue to { $client }
sign-in-to-client-for-company = to continue to { $client } for { $company }
sign-in-button = Sign in
sign-in-again = Sign in again
sign-in-wrong = That email or username and password do not match, or there were too many tries. Check both, wait a little, and try again.
sign-in-busy = Too many people are signing in just now. Please try again in a few seconds.
identifier = Email or username
password = Password
password-show = Show
password-hide = Hide
back-to-accounts = Back to the accounts

select-title = Choose an account
select-lead = to continue to { $client }
select-lead-company = to continue to { $client } for { $company }
select-none-here = No account here can be used with this app.
continue-as = Continue as { $name }
another-identity = Use another identity
more-accounts = More accounts
all-accounts = All accounts
last-used = last used { $date }
kind-owner = Owner
kind-member = Member
kind-manager = Account manager
kind-delegate = Delegate

consent-title = { $client } asks for access
consent-lead = You are signed in as { $name }.
consent-may = It will be able to
consent-allow = Allow
consent-deny = Do not allow
not-you = Not you? Use another identity
privacy-policy = Privacy policy
terms = Terms of use
scope-openid = know that it is you
scope-profile = see your name and language
scope-email = see your email address
scope-offline_access = act for you while you are not there, until you withdraw it
scope-organizations = see the list of your accounts at companies that use this app

refused-organization-access-denied-title = This company cannot be entered
refused-organization-access-denied-text = { $client } asked for a company that you cannot enter from here. You may not have an account there, or it does not use this app.
refused-no-organization-title = No company uses this app
refused-no-organization-text = You have no account at a company that uses { $client }. Ask your company’s administrator for one.
choose-another = Choose another account
back-to-client = Back to { $client }

set-password-title = Choose a password
set-password-welcome = Welcome, { $name }.
set-password-lead = It will sign { $label } in from now on.
new-password = New password
password-again = The same password again
password-hint = At least { $least } characters. Several words that only you would put together are easy to remember and hard to guess.
save-password = Save the password
password-too-short = This password is too short: it needs at least { $least } characters. Try several words.
password-too-long = This password is too long: at most 256 characters are kept.
password-breached = This password was stolen from some other service and published, so attackers try it. Choose one that you use nowhere else.
password-listed = This password is easy to guess: it is among commonly used ones, or made of your own names. Try several words that do not belong together.
password-differs = The two passwords are not the same.
password-saved-title = Password saved
password-saved-text = Your address is confirmed and your password is set. Sign in with it now.

home-title = Your accounts
home-none = You have no account at a company yet. Invitations come by mail.
sign-out = Sign out
sign-out-everywhere = Sign out of everything
sign-out-title = Sign out?
sign-out-text = You will be signed out of this browser and of the apps you entered from here.
stay-signed-in = Stay signed in
signed-out-title = You are signed out
signed-out-text = Nobody is signed in to this browser any more. On a shared computer, close the window too.

form-post-title = Back to the app
mailbox-title = Mailbox
mailbox-text = Mails that this demo would have sent, newest first. There is no such page on a real server.
mailbox-empty = No mail waits.
mail-activation-subject = Choose your password
mail-activation-body =
    Hello { $name },

    an account was made for you. Choose your password here:

    { $link }

    The link works for { $hours } hours, and once. If you did not expect this mail, ignore it: nothing happens without you.

error-request-title = The app asked in a wrong way
error-request-text = The request that brought you here has a mistake in it, so we could not answer it. Go back to the app and try again; if it happens again, tell its makers.
error-busy-title = Too busy just now
error-busy-text = Nothing is lost. Please try again in a few seconds.
error-fault-title = Something broke on our side
error-fault-text = It has been noted. Please try again; if it happens again, ask for help.
error-form-title = This form could not be read
error-form-text = A field of it was too long, came twice, or held something that is no text. Nothing has been changed. Go back, correct it and try again.
error-foreign-form-title = This form came from somewhere else
error-foreign-form-text = For your safety it was not accepted. Nothing has happened. Open the page here and try again.
error-stale-form-title = This page was out of date
error-stale-form-text = Nothing has happened. Your browser may have been signed out meanwhile, or it does not keep cookies. Go back, load the page again and try once more.
error-interaction-unknown-title = This sign-in is not known
error-interaction-unknown-text = The link may be incomplete or very old. Go back to the app and sign in again.
error-interaction-elsewhere-title = This sign-in began in another browser
error-interaction-elsewhere-text = It can only go on where it began. If it was this browser, it does not keep cookies: allow them for this site and start again.
error-interaction-finished-title = This sign-in is already finished
error-interaction-finished-text = It was completed before, perhaps in another tab. Go back to the app.
error-interaction-expired-title = This sign-in took too long
error-interaction-expired-text = For your safety it has ended. Go back to the app and sign in again.
error-link-title = This link is no longer good
error-link-text = It was used before, has expired, or was replaced by a newer one. Start again, or ask whoever invited you to send another.
error-not-found-title = There is nothing here
error-not-found-text = The address may be mistyped, or the page has moved. Go back to where you came from, or begin at your accounts.
error-method-title = This page cannot be used that way
error-method-text = Go back and try again.

reason-organization-access-denied-title = This company cannot be entered
reason-organization-access-denied-text = The company is unknown, does not use this app, or the person has no account there. These cases are told apart by nobody, so that nobody learns which companies exist.
reason-organization-access-denied-remedy = Choose another company, sign in as somebody who has an account there, or ask the company’s administrator for access.
reason-account-ended-title = The account has ended
reason-account-ended-text = The person’s account at this company was ended after the app got its tokens. The tokens no longer count.
reason-account-ended-remedy = Send the person through sign-in again; they can choose another account. The app should drop the tokens it has.
reason-account-ambiguous-title = Several accounts fit
reason-account-ambiguous-text = The app asked for a silent answer without saying which of several accounts it means. We never guess.
reason-account-ambiguous-remedy = Name the account by login_hint=acc_… or the company by organization, or ask again without prompt=none so that the person can choose.
reason-organization-not-allowed-title = This app does not use companies
reason-organization-not-allowed-text = The app is registered with organization_usage=deny, but its request named a company or an account.
reason-organization-not-allowed-remedy = Leave organization and the account out of the request, or register the app with organization_usage=allow or require.
reason-no-organization-title = No company uses this app
reason-no-organization-text = The app is only for people with an account at a company, and this person has none that uses it.
reason-no-organization-remedy = Ask a company’s administrator for an account, or sign in as somebody else.
reason-switch-needs-browser-title = Switching needs the browser
reason-switch-needs-browser-text = A refresh token cannot change the company here. The refresh token was not used up.
reason-switch-needs-browser-remedy = Send the person through an authorization request with organization or login_hint=acc_…; they will not have to sign in again.
reason-acr-unreachable-title = The required sign-in strength cannot be reached
reason-acr-unreachable-text = The app declared an authentication context essential that this provider cannot reach for this person.
reason-acr-unreachable-remedy = Ask for one of acr_values_supported from the discovery document, or do not declare it essential.
reason-invalid-parameter-title = A parameter is wrong
reason-invalid-parameter-text = A parameter of the API request is missing, malformed or out of range; the title of the answer says which.
reason-invalid-parameter-remedy = Compare the request with the API description at /api/openapi.json.
reason-authentication-required-title = An access token is needed
reason-authentication-required-text = The API request had no access token, or one that is expired, revoked or meant for another audience.
reason-authentication-required-remedy = Ask for a token with this API as resource, and send it in the Authorization header.
reason-insufficient-scope-title = The access token allows too little
reason-insufficient-scope-text = The API request needs a scope that the access token does not have.
reason-insufficient-scope-remedy = Ask for the scope in the authorization request; the person may have to consent.
reason-unavailable-title = Not available just now
reason-unavailable-text = The API could not answer: it is too busy, or something broke on our side.
reason-unavailable-remedy = Try again after the time in Retry-After. If it goes on, give the operator the time of the request.

switch-account = Switch account
back = Back
enter = Enter
unlink = Unlink
unlink-this = Unlink this account
linked-accounts = Linked accounts
through-a-link = through a link
through-company = through { $company }
since = since { $date }
open-app = Open an app
no-apps = No app of this company can be opened from here.
link-account = Link account
links-out = Accounts you can enter
links-out-none = No other account can be entered from here yet.
links-into = Who can enter
links-into-none = Nobody else can enter.
link-enters-as = as { $owner }, from { $company }
link-may-enter = may enter { $company } from { $from }
last-entered = last entered { $date }
never-entered = never entered so far
link-out-resting = Resting: the owner has to confirm it, or link it again with the new password.
link-out-unavailable = Not available just now.
link-into-resting = Resting since your credentials changed: nobody enters until you confirm it.
link-confirm = Let it go on
link-cut = Cut
link-enter-title = Let this account enter another one
link-enter-text = With the other account’s name and password, { $company } may enter it with one click. The other account cannot enter this one, keeps its own sign-in, and its owner can cut the link at any time.
link-identifier = Email or username of the other account
link-password = Password of the other account
link-notice = The owner of the other account is told by mail.
link-enter-button = Link
link-pick-title = Which account?
link-pick-lead = The password was right. Choose the account that { $company } may enter.
linked-banner = You are { $owner } at { $company }.
linked-through = You came through { $origin }.
return-to = Return to { $origin }
linked-limits = Password, email, second factors, recovery, links and people can only be changed by { $owner }, signed in.
error-link-proof-title = This took too long
error-link-proof-text = The password you showed is no longer kept, and nothing was linked. Begin again.
mail-link-made-subject = { $who } can now enter your account
mail-link-made-body =
    Hello,

    { $who } ({ $from }) showed your password, or you agreed to it: from now on they can enter your account at { $to } with one click. You cannot enter theirs.

    If this was not you, cut the link and choose a new password. You see who can enter, and when they last did, here:

    { $link }

reason-link-proof-failed-title = Name and password do not match
reason-link-proof-failed-text = The name and password given for the account to be linked are not right, or there were too many tries.
reason-link-proof-failed-remedy = Check both, wait a little, and try again.
reason-link-self-title = That account is yours already
reason-link-self-text = The account to be linked belongs to the same person. All of one’s own accounts can be entered anyway.
reason-link-self-remedy = Choose it under Switch account; nothing has to be linked.
reason-link-exists-title = These accounts are linked already
reason-link-exists-text = There is a link in this direction between the two accounts.
reason-link-exists-remedy = Use it, or unlink it first.
reason-link-target-unavailable-title = That account cannot be linked now
reason-link-target-unavailable-text = The account has ended, or its company is closed just now.
reason-link-target-unavailable-remedy = Ask the company’s administrator whether the account still exists.
reason-policy-forbids-link-title = A company allows no links
reason-policy-forbids-link-text = One of the two companies keeps its accounts out of links.
reason-policy-forbids-link-remedy = Ask the company’s administrator, or sign in to that account itself.
switch-origin-gone = The account you came from can no longer be entered. Choose another one.

consolidated-title = Your accounts have moved
consolidated-text = From now on { $label } signs in to all of them. A mail with a way to undo this is on its way to your former address.
undone-title = Everything is as it was
undone-text = Your accounts are yours alone again. Sign in with your old password. Links into them rest until you confirm them.
undo-title = Undo the consolidation
undo-lead = This gives { $label } its accounts back, until { $until }.
undo-text = Whoever is in these accounts now is signed out of them. Show the old password.
undo-wrong = That is not the old password, or there were too many tries.
old-password = Old password
undo-button = Give the accounts back
undo-by-passkey = Undo it with a passkey
invitation-consolidation-title = Let your accounts become theirs
invitation-link-title = Let somebody enter your account
invitation-account-title = Invitation to a company
invitation-meant = This invitation is for { $address }.
invitation-switch = Switch identity and continue
invitation-nothing-yet = Nothing has happened yet, and nothing is used up by looking.
invitation-consolidation-lead = { $who } ({ $address }) asks that all your accounts become theirs.
invitation-link-lead = { $who } asks that their account at { $company } may enter one of yours.
invitation-account-lead = { $who } invites you to { $company }.
what-changes = What will happen
takeover-email = { $address } signs in from then on. Accept only if that address is yours.
takeover-credentials = The password and second factors of { $label } stop working; only the other ones stay.
takeover-profile = First name, last name and language are those of the other person’s profile, everywhere.
takeover-companies = Each company keeps your account as it is: roles, permissions and settings stay.
takeover-sessions = You are signed out everywhere. Links into your accounts rest until they are confirmed.
takeover-undo = For 72 hours you can undo it, by a mail to your address and your old password.
takeover-accounts = These { $count } accounts move
and-more = and { $count } more
both-sides-company = Both of you have an account at { $company }.
invitation-account-fine = The company that invites you sees your name and address. It learns nothing of your other companies and gains nothing on you.
invitation-link-text = { $who } could enter with one click. You could not enter theirs, you would see when they last did, and you could cut it at any time.
invitation-link-which = Which of your accounts?
invitation-fresh = Before you accept, sign in again as { $label }, so that nobody else can do it for you.
invitation-consolidation-accept = Let my accounts become theirs
invitation-link-accept = Let them enter
invitation-account-accept = Join
decline = Decline
invitations-received = Invitations for you
invitations-sent = Invitations you sent
open-invitation = Look
invited-by = by { $who }, { $date }
sent-on = sent { $date }
sent-consolidation = asked to make their accounts yours
sent-link = asked to let you enter
until = until { $date }
send-again = Send again
cancel-invitation = Cancel
users-title = People
search-people = Name or email
search-operators-people = Beginning of a name, last name, username or address
nobody-found = Nobody here.
more-people = More people
all-people = Everybody
this-is-you = this is you
pending-invitations = Pending invitations
pending-none = No invitation waits.
invite-user = Invite user
invite-user-text = For people who sign in already, here or elsewhere, and for outsiders who get chosen permissions. They accept before anything happens.
add-user = Add user
add-user-text = For a new address: the account exists at once, and a mail leads to choosing a password.
email = Email
given-name = First name
family-name = Last name
account-kind = Kind of access
permissions = Permissions
permissions-none = This company has no permissions to give yet.
access-until = Access until
access-until-hint = For delegates. Left empty, it does not end by itself.
mail-language = Language of the mail
save = Save
remove-user = Remove from the company
remove-user-text = The account ends at once, in every app. The person keeps their sign-in and their other companies.
own-access = Nobody changes their own access. Ask somebody else who manages people here.
take-title = Make another sign-in’s accounts mine
take-text = If you also sign in with another name: its owner (you) agrees by mail, and from then on your address here signs in to everything. Can be undone for 72 hours.
take-button = Ask by mail
ask-notice = Its owner gets a mail and has to sign in there to agree.
ask-title = Or ask its owner
ask-text = Without the password: the owner gets a mail and picks the account that this one may enter.
ask-button = Ask the owner
mail-invite-consolidation-subject = { $who } asks to unite your accounts
mail-invite-consolidation-body =
    Hello,
    
    { $who } ({ $address }) asks that your accounts become theirs, so that one address signs in to all. Read what that means, and answer, here:
    
    { $link }
    
    The link works for { $days } days. Nothing happens unless you sign in and agree. If you do not know { $address }, ignore this mail.
mail-invite-link-subject = { $who } asks to enter one of your accounts
mail-invite-link-body =
    Hello,
    
    { $who } ({ $address }) at { $company } asks to enter one of your accounts. Answer here:
    
    { $link }
    
    The link works for { $days } days. Nothing happens unless you sign in and agree.
mail-invite-account-subject = { $who } invites you to { $company }
mail-invite-account-body =
    Hello,
    
    { $who } ({ $address }) invites you to { $company }. Answer here:
    
    { $link }
    
    The link works for { $days } days. You also find the invitation under your accounts when you sign in. If you have no password yet, another mail leads to choosing one.
mail-absorbed-subject = Your accounts have moved
mail-absorbed-body =
    Hello,
    
    { $accounts } account(s) now belong to { $address }, which signs in from now on, because you agreed to it.
    
    If that was not you, or a mistake, take them back within { $hours } hours with your old password:
    
    { $link }
mail-took-over-subject = The accounts of { $address } are yours now
mail-took-over-body =
    Hello,
    
    { $accounts } account(s) of { $address } are yours now. Your address signs in to all of them:
    
    { $link }
    
    For 72 hours their former owner can undo this.
mail-undone-subject = The accounts of { $address } went back
mail-undone-body =
    Hello,
    
    the owner of { $address } took their accounts back. They are no longer among yours:
    
    { $link }
reason-initiator-email-unverified-title = Your own address is not confirmed
reason-initiator-email-unverified-text = Whoever takes accounts over needs a confirmed address, for it will sign in to all of them.
reason-initiator-email-unverified-remedy = Confirm your address first: ask your company’s administrator to send the activation mail again.
reason-link-target-ambiguous-title = Several sign-ins have this address
reason-link-target-ambiguous-text = The address belongs to more than one identity, so it does not say which one is meant.
reason-link-target-ambiguous-remedy = Use the username instead.
reason-link-target-unverified-title = Nobody has confirmed that address
reason-link-target-unverified-text = The address of the account that is meant was never confirmed, so no mail about it can be trusted.
reason-link-target-unverified-remedy = Its owner signs in there and confirms the address first.
reason-already-member-on-both-sides-title = Both have an account at one company
reason-already-member-on-both-sides-text = Two accounts at one company are never merged, so these identities cannot be united as they are.
reason-already-member-on-both-sides-remedy = An administrator of that company may end one of the two accounts; then try again.
reason-invitation-wrong-identity-title = This invitation is for somebody else
reason-invitation-wrong-identity-text = Whoever is signed in is not the person it was sent to.
reason-invitation-wrong-identity-remedy = Switch identity and continue; nothing was used up.
reason-invitation-used-title = This invitation was accepted before
reason-invitation-used-text = An invitation can be accepted once.
reason-invitation-used-remedy = Nothing is left to do. Look at your accounts.
reason-invitation-expired-title = This invitation is too old
reason-invitation-expired-text = Invitations count for some days only.
reason-invitation-expired-remedy = Ask whoever invited you to send it again.
reason-invitation-revoked-title = This invitation no longer stands
reason-invitation-revoked-text = It was cancelled or declined, or whoever sent it may no longer invite.
reason-invitation-revoked-remedy = Ask for a new one.
reason-already-member-title = They are there already
reason-already-member-text = The person has an account at this company.
reason-already-member-remedy = Change that account instead.
reason-account-kind-not-allowed-title = The company takes no accounts of this kind
reason-account-kind-not-allowed-text = A company may limit the kinds of accounts it has.
reason-account-kind-not-allowed-remedy = Choose another kind of access.
reason-add-user-exists-use-invite-title = Somebody signs in with this address already
reason-add-user-exists-use-invite-text = Adding is for new addresses; whoever confirmed this one has a sign-in of their own.
reason-add-user-exists-use-invite-remedy = Invite them instead: the address is filled in below.
reason-invite-email-is-another-username-title = This address is somebody else’s username
reason-invite-email-is-another-username-text = The email on their account matches the username of a different user’s account, so it does not say who is meant.
reason-invite-email-is-another-username-remedy = Either link the two accounts first, or have that username changed; or invite by username.
reason-last-owner-title = The last one with full access stays
reason-last-owner-text = A company that has had an owner always has somebody with full access.
reason-last-owner-remedy = Give somebody else full access first.
reason-asked-too-often-title = Too many invitations lately
reason-asked-too-often-text = So that nobody is flooded with mail, invitations are limited.
reason-asked-too-often-remedy = Wait an hour and try again.
reason-more-than-you-hold-title = That is more than you hold
reason-more-than-you-hold-text = Nobody gives permissions that they do not have themselves, and nobody changes somebody above them.
reason-more-than-you-hold-remedy = Ask somebody with full access.
reason-not-yourself-title = Nobody changes their own access
reason-not-yourself-text = Your own permissions are given by others.
reason-not-yourself-remedy = Ask somebody else who manages people here.
reason-invalid-address-title = That is not an email address
reason-invalid-address-text = The text typed cannot be written to.
reason-invalid-address-remedy = Check it for typing mistakes.
unlink-selected = Unlink selected
unlink-selected-hint = Tick accounts above to unlink them. You see what it means before anything happens.
select-item = Select { $name }
unlink-title = Unlink
unlink-lead = This is what it means for each of them. Nothing has happened yet.
unlink-left = The others are done. These need a step of their own, or have to stay.
unlink-means-cut = The link is cut: this account can no longer be entered. It keeps everything else.
unlink-means-leave = You leave this company: your access there ends at once.
unlink-means-stays = You are the last one with full access there, so you cannot leave.
unlink-means-split = The account gets a sign-in of its own again, with an address of its own.
unlink-sure = Unlink
split-off = Give it its own sign-in
split-title = A sign-in of its own
split-new = The account leaves your sign-in and gets one of its own, with the address below and a new password.
split-data = Everything at { $company } stays with the account: roles, permissions and data.
split-links = Its apps are signed out, and its links rest until they are confirmed.
split-nothing-yet = Nothing moves until the mail has been answered and a password is set.
split-address = Address of the new sign-in
split-button = Send the mail
split-sent = A mail is on its way to { $address }. The account stays with you until its link was followed and a password chosen.
split-done-title = It has a sign-in of its own
split-done-text = The account has left the other sign-in. Sign in with your address and the password you just chose.
mail-split-subject = Your own sign-in for { $company }
mail-split-body =
    Hello,
    
    the account at { $company } is to get a sign-in of its own, with this address. Choose its password here:
    
    { $link }
    
    The link works for { $hours } hours, and once. Nothing moves before that. If you did not expect this mail, ignore it.
mail-split-done-subject = Your account at { $company } has its own sign-in now
mail-split-done-body =
    Hello,
    
    the account at { $company } left your sign-in. From now on { $address } signs in to it, with a password of its own.
    
    If you did not ask for this, write to the administrator of { $company }.
reason-address-taken-title = That address signs somebody in already
reason-address-taken-text = The address is the login address of an identity that holds several accounts; nobody else may use it.
reason-address-taken-remedy = Use another address, or link the two sign-ins instead.
reason-account-frozen-title = This account can still be given back
reason-account-frozen-text = The account came by a consolidation that its former owner can undo. Until then, only that moves it.
reason-account-frozen-remedy = Wait until the 72 hours are over, or use the link in the mail about the consolidation.
reason-last-sign-in-method-title = This is your only account
reason-last-sign-in-method-text = There is nothing it could be split from: it would leave a sign-in without an account.
reason-last-sign-in-method-remedy = Keep it, or change the address of your sign-in instead.
reason-invalid-date-title = That day cannot be used
reason-invalid-date-text = The end of the access is not a day, or it is over already.
reason-invalid-date-remedy = Choose a day from today on, or leave it empty.
unlink-means-frozen = The account can still be given back to its former owner, so it stays until the 72 hours are over.
sign-out-browsers = Sign out in all browsers
signed-out-stay = Still signed in here:
profile-title = Profile
profile-lead = One profile for all companies of { $label }. Each company sees your name; apps see the rest only when you allow it.
profile-saved = Saved. It shows everywhere from now on.
profile-wrong-given_name = The first name cannot be shown as it is: use letters of one script, at most 100.
profile-wrong-family_name = The last name cannot be shown as it is: use letters of one script, at most 100.
profile-wrong-mobile = The mobile number is not complete: begin with + and the country, as in +33 6 12 34 56 78.
profile-wrong-locale = This language is not available.
profile-wrong-time_zone = There is no such time zone.
mobile = Mobile number
mobile-hint = In international form, beginning with +.
as-the-browser = As the browser says
time-zone = Time zone
not-said = Not said
scope-service_status = say how your company’s service does
status-operational = Working
status-degraded = Not working as usual
status-maintenance = Planned work
status-outage = Not working
sort-by = Sorted by
sort-use = last use
sort-name = name
activation-waits = No password has been chosen yet. Another mail makes the one before worthless.
mail-manager-subject = You manage the account of { $company }
mail-manager-body =
    Hello { $name },
    
    you are an account manager of { $company } now, with full access there.
    
    Your username: { $username }
    Your temporary password: { $password }
    
    Choose your own password here:
    
    { $link }
    
    or sign in with both at { $sign_in }, which leads to the same step. The temporary password opens nothing else, and works for { $hours } hours. If you did not expect this mail, ignore it.
    
    { $product }
mail-split-asked-subject = Your account at { $company } is to leave your sign-in
mail-split-asked-body =
    Hello,
    
    somebody signed in as you asked that your account at { $company } get a sign-in of its own, with the address { $address }. That happens when a mail to that address is answered, within { $hours } hours.
    
    If this was not you, choose a new password now: that stops it.

company-settings = Company settings
settings-saved = Saved.
settings-wrong-kinds = Somebody must be able to run the company: leave owners or account managers allowed.
settings-wrong-manager_title = That name cannot be used: at most 100 characters, without line breaks or invisible ones.
allowed-kinds = Kinds of accounts that can be added
allowed-kinds-hint = Accounts of other kinds that are there already stay.
manager-title = What an account manager is called here
manager-title-hint = For example “Super Admin”. Left empty, it is “Account manager”.
links-policy = One-way links
links-forbid = Keep accounts of this company out of one-way links
links-forbid-hint = Nobody can then enter an account here from one elsewhere, or the other way round. What was entered through a link closes at once; links that are there rest until you allow them again.
roles = Roles

manage = Manage
preferences = Preferences for this account
landing = When I open this account, show
landing-here = this page
tell-of-entries = Tell me by mail each time somebody enters this account through a link
scope-preferences = read and keep its preferences in this account
mail-entered-subject = { $who } has entered your account at { $to }
mail-entered-body =
    Hello,

    { $who } ({ $from }) has just entered your account at { $to } through a link.

    If this was not to happen, cut the link here:

    { $link }

    You asked to be told each time. You can change that in the preferences of the account.

reason-not-through-a-link-title = Not through a link
reason-not-through-a-link-text = The access token was issued for an account that was entered through a one-way link, or for none at all. What belongs to the person of that account can be read, not changed.
reason-not-through-a-link-remedy = Use a token of a person who entered their own account.

branding-domain = Domain and look of the mail
support = Help

recover-link = Forgotten your password or username?
recover-title = Get back in
recover-lead = Type your email address or your username. We send a mail with your sign-in names and a link to choose a new password.
recover-button = Send the mail
recover-empty = Type an email address or a username.
recover-sent = If that name belongs to somebody here, a mail is on its way to their confirmed address. Its link works for { $minutes } minutes.
recover-sent-hint = Nothing there? Look among unwanted mail, or try another address. Whoever added you to a company can also send your activation mail again.
back-to-sign-in = Back to sign-in
mail-recovery-subject = Your sign-in
mail-recovery-body =
    Hello,

    somebody asked for help with signing in with this address. These are your sign-ins; choose a new password with the link below its name:

    { $list }

    A link works once, within { $minutes } minutes. A new password signs you out everywhere. If this was not you, do nothing: nothing has changed.
mail-guessed-subject = Somebody is guessing your password
mail-guessed-body =
    Hello,

    there were a hundred wrong tries at your sign-in in a row, in browsers that you have not used before. Nothing was opened.

    From now on your password opens nothing in such a browser, whoever types it. Where you have signed in before, everything works as always. To sign in somewhere new, choose a new password:

    { $link }

    If these tries were your own, nothing is wrong.

mail-password-changed-subject = Your password was changed
mail-password-changed-body =
    Hello,

    your password was just changed, and you were signed out everywhere.

    If this was not you, choose a new one at once:

    { $link }

scope-links = see, ask for, confirm and cut links between your accounts and those of others
scope-people = see, add, invite, change and remove people of the company, as far as you may
reason-not-here-title = There is no such thing here
reason-not-here-text = The address names something that is not there, or that the token does not reach.
reason-not-here-remedy = List what is there, and use the ids of the list.

undo-confirm-title = What stays?
undo-confirm-lead = While your accounts were united, this came to them. Tick what may stay; everything else goes when the accounts go back.
undo-later-links = { $count ->
    [one] One link made since rests until its owner confirms it.
   *[other] { $count } links made since rest until their owners confirm them.
}
undo-later-invitations = { $count ->
    [one] One invitation sent since counts for nothing; send it again if you want it.
   *[other] { $count } invitations sent since count for nothing; send them again if you want them.
}

list-is-cut = The first { $count } links are shown. Search for a company to find the others.

scope-phone = see your mobile number
mobile-prove-title = Confirm your mobile number
mobile-proved = Confirmed on { $date }.
mobile-code = Code
mobile-code-hint = We sent six digits to your number. They work for ten minutes.
mobile-confirm = Confirm
mobile-send = Send a code
mobile-send-again = Send another code
mobile-wrong-code = That is not the code, or it is too old.
mobile-asked-too-often = Too many codes were sent. Wait a while.
text-mobile-code = { $code } is your code. It works for { $minutes } minutes. Nobody of ours asks you for it.

undo-later-cut = There is more than this page can show. What is not shown goes; the companies can give it again.

# Second factors
factor-title = One more step
factor-lead = Signing in as { $label }: show your second factor.
factor-lead-client = To continue to { $client } as { $label }, show your second factor.
factor-code = Code
factor-recovery-code = Recovery code
factor-code-hint = The six digits that your app shows now.
factor-recovery-hint = One of the codes you kept on paper. Each of them works once.
factor-code-or-recovery-hint = The six digits that your app shows now. Without the app, one of your recovery codes.
factor-button = Continue
factor-without = Continue without it
factor-somebody-else = Sign in as somebody else
factor-wrong = This code was not accepted. Wait for the next one and try again; a code works only once, and after several wrong ones there is a pause.
factor-not-accepted = This code is right, but does not count here. Use another second factor.
factor-totp = Authenticator app
factor-passkey = Passkey
factor-mail = Codes by mail
factor-sms = Codes by text message
factor-name = Name
factor-name-hint = So that you know it again, for example “Work phone”.
link-factor-title = The second factor of that account
link-factor-lead = The password was right. Now show the second factor of the account that { $company } shall be able to enter.
enroll-title = Set up a second factor
enroll-lead = { $label } needs a second factor to go on.
enroll-lead-client = To continue to { $client }, { $label } needs a second factor.
enroll-text = With a second factor nobody who merely knows your password can sign in. It takes a minute and works for all your companies.
enroll-until = You can do this later, until { $date }.
enroll-later = Not now
enroll-wrong-code = The code was not the one the app shows now. Check the clock of the phone and try the next code.
enroll-too-many = You have as many as can be kept. Remove one first.
add-totp = Add an authenticator app
totp-lead = Scan this with an authenticator app on your phone, for { $label }.
totp-qr = A QR code with the secret for your app
totp-open = Open it in an app on this device
totp-by-hand = Or type this into the app by hand:
totp-confirm = Confirm
recovery-codes-title = Recovery codes
recovery-codes-lead = Ten codes for { $label}, for the day your second factor is lost.
recovery-codes-text = They are shown only this once. Keep them on paper or in a password manager; each of them works once in place of your second factor.
recovery-codes-download = Download
recovery-codes-print = Print
recovery-codes-kept = I have kept them
recovery-codes-none = You have none. Without them a lost phone locks you out.
recovery-codes-left = { $count ->
    [one] One is left of those made on { $date }.
   *[other] { $count } are left of those made on { $date }.
}
recovery-codes-make = Make new recovery codes
recovery-codes-make-hint = The ones you have stop working.
security-title = Security
security-lead = What signs { $label } in, and where.
security-factors = Second factors
factor-may-go-back = It came with another sign-in and goes back if that is taken apart again; after the 72 hours for that it can be removed.
security-no-factor = You have none yet. Your password alone signs you in.
security-browsers = Where you are signed in
security-apps = Apps that act for you
security-no-apps = None.
security-activity = Lately
security-no-activity = Nothing yet.
security-said-removed = It was removed, and you were signed out everywhere else.
security-said-password-changed = Your password was changed, and you were signed out everywhere else.
security-said-signed-out = Signed out there.
security-said-disconnected = The app no longer acts for you.
security-said-enroll-over = That page was open too long. Begin again.
added-on = added on { $date }
remove = Remove
password-change = Change the password
password-choose = Choose a password
password-change-lead = A new password for { $label }. You stay signed in here and are signed out everywhere else.
device-unknown = A browser
device-here = this one
signed-in-on = signed in on { $date }
last-seen = last seen { $date }
sign-out-others = Sign out everywhere else
granted-on = allowed on { $date }
app-offline = also while you are away
disconnect = Remove access
passkey-backed-up = on several devices
passkey-flagged = Its counter went back on { $date }. Unless you restored it from a copy, remove it.
activity-sign-in-accepted = Signed in
activity-sign-in-stepped-up = Second factor shown
activity-sign-out = Signed out
activity-password-set = Password set through a mail
activity-password-changed = Password changed
activity-factor-added = Second factor added
activity-factor-removed = Second factor removed
activity-factor-refused = A second factor was refused
activity-recovery-codes-made = Recovery codes made
activity-link-made = Link made
activity-link-cut = Link cut
activity-link-entered = Account entered through a link
activity-identity-consolidated = Sign-in taken over
activity-recovery-mailed = Recovery mail sent
activity-app-disconnected = App’s access removed
mail-factor-added-subject = A second factor was added
mail-factor-added-body =
    Hello,

    { $kind } “{ $name }” was just added to your sign-in.

    If this was not you, sign in, remove it and choose a new password:

    { $link }
mail-factor-removed-subject = A second factor was removed
mail-factor-removed-body =
    Hello,

    { $kind } “{ $name }” was just removed from your sign-in, and you were signed out of all other browsers.

    If this was not you, choose a new password at once:

    { $link }
mail-factor-guessed-subject = Somebody knows your password
mail-factor-guessed-body =
    Hello,

    somebody typed your password correctly and then failed several times at your second factor.

    If this was not you, choose a new password:

    { $link }
mail-recovery-code-used-subject = A recovery code was used
mail-recovery-code-used-body =
    Hello,

    one of your recovery codes was just used to sign in. You have { $left } left.

    If this was not you, choose a new password and new codes:

    { $link }
mail-recovery-codes-made-subject = New recovery codes
mail-recovery-codes-made-body =
    Hello,

    new recovery codes were just made for your sign-in. The ones from before no longer work.

    If this was not you, choose a new password and make new codes:

    { $link }
reason-step-up-required-title = More or fresher proof is needed
reason-step-up-required-text = The company asks for a second factor, or for one that was shown more recently, than this sign-in has.
reason-step-up-required-remedy = Let the person go through the page of the authorization endpoint: send the request again without prompt=none. They are asked only for the difference.
reason-mfa-enrollment-required-title = A second factor must be set up
reason-mfa-enrollment-required-text = The company asks for a second factor, and the person has none that would do.
reason-mfa-enrollment-required-remedy = Send the request again without prompt=none: the person is led through setting one up and on to the app.
reason-link-target-mfa-required-title = The account has a second factor
reason-link-target-mfa-required-text = A link into an account needs its second factor too, not only its password.
reason-link-target-mfa-required-remedy = Show the code of the app or a recovery code of that account.
reason-primary-has-linked-accounts-title = Other accounts depend on this sign-in
reason-primary-has-linked-accounts-text = This sign-in took over others and cannot be closed while their accounts hang on it.
reason-primary-has-linked-accounts-remedy = Unlink those accounts first: each becomes a sign-in of its own.
policy-title = Signing in
policy-level = What people must show to enter this company
policy-level-hint = Whoever has shown less is asked for the difference when they enter, and whoever has no second factor is led through setting one up.
level-1fa = A password is enough
level-mfa = A second factor
level-phr = A passkey or security key
policy-age = How long a proof counts
age-0 = As long as the session
age-900 = 15 minutes
age-3600 = One hour
age-28800 = 8 hours
age-86400 = One day
age-604800 = One week
age-minutes = { $minutes } minutes
refuse-totp = Do not accept authenticator apps
refuse-recovery = Do not accept recovery codes
policy-grace = Days to set up a second factor
policy-grace-hint = So long people without one may still enter after you asked for it, and new people after they came.
settings-wrong-policy = The days must be between 0 and 90.
settings-wrong-policy-unmeetable = With this, people could only use passkeys, and there are none at this address: nobody could enter.
takeover-along = Second factors that come along
takeover-along-hint = Without a tick they stay behind. Whoever takes over must then set up one as strong before they enter anything.
add-passkey = Add a passkey
passkey-lead = A passkey signs { $label } in with a fingerprint, a face, a PIN or a security key, and no other site can ask for it in our name.
passkey-make = Make a passkey
passkey-use = Use a passkey
passkey-failed = The passkey was not used. Try again, or use another way.
passkey-needs-script = Passkeys need a browser that knows them, with scripts switched on.
enroll-passkey = This passkey was not accepted, or you have it already.
enroll-over = That page was open too long. Try again.
sign-in-passkey = This passkey was not accepted. Sign in with your password.
mail-passkey-went-back-subject = A passkey may have been copied
mail-passkey-went-back-body =
    Hello,

    your passkey “{ $name }” was shown with a counter that went back, as a copy of it would. It was not accepted.

    If you did not restore it from a copy, remove it:

    { $link }
close-identity = Close this sign-in
close-lead = { $label } will sign nobody in any more.
close-last-owner = You are the last one with full access at { $company }. Give somebody else full access there first.
close-linked-accounts = Accounts of other sign-ins that you took over hang on this one. Unlink them first: each becomes a sign-in of its own.
close-now = You are signed out everywhere at once, and no app acts for you any more.
close-grace = For 14 days you bring everything back by signing in.
close-accounts = { $count ->
    [0] After that your name, address and second factors are erased.
    [one] After that your account ends, and your name, address and second factors are erased. What the company keeps about your work stays the company’s.
   *[other] After that your { $count } accounts end, and your name, address and second factors are erased. What the companies keep about your work stays theirs.
}
close-sure = I want to close it
closing-title = Your sign-in is closed
closing-text = You were signed out everywhere. Sign in within 14 days to bring it back.
activity-identity-closing = Sign-in closed
activity-identity-restored = Sign-in brought back
mail-closing-subject = Your sign-in is closed
mail-closing-body =
    Hello,

    your sign-in was just closed. In { $days } days it is gone for good.

    If this was not you, or you changed your mind, sign in:

    { $link }
mail-restored-subject = Your sign-in is back
mail-restored-body =
    Hello,

    you signed in, so your sign-in is no longer closed.

    { $link }
mail-closed-subject = Your sign-in is gone
mail-closed-body =
    Hello,

    your sign-in was closed some time ago and is now gone, with your name, address and second factors.
factor-remember = Do not ask in this browser for { $days } days
security-remembered = Browsers that are not asked for your second factor
security-said-forgotten = That browser is asked again.
remembered-since = since { $date }
forget-device = Ask again
policy-remembered = A browser in which the second factor was shown before is enough
mail-new-device-subject = Signed in from a new browser
mail-new-device-body =
    Hello,

    your sign-in was just used in a browser where we had not seen you before: { $device } { $address }

    If this was not you, sign out there and choose a new password:

    { $link }
add-sms = Add codes by text message
add-mail = Add codes by mail
sent-lead = For { $label }: a code is sent to you whenever a second factor is asked for.
sent-text-sms = Codes go to { $target }. They are weaker than a passkey or an app: whoever takes over the number gets them too.
sent-text-mail = Codes go to { $target }. They are the weakest second factor: whoever can read your mail can also recover your password.
sent-none-sms = Add your mobile number to your profile first, and prove it by a code.
sent-none-mail = You have no proved email address yet.
sent-under-way-sms = A code is on its way to { $target }. It works here, for ten minutes.
sent-under-way-mail = A mail with a code is on its way to { $target }. It works here, for ten minutes.
send-code-sms = Send a code to { $target }
send-code-mail = Mail a code to { $target }
factor-any-code-hint = The code that was sent to you, that your app shows, or one of your recovery codes.
refuse-mail = Do not accept codes by mail
refuse-sms = Do not accept codes by text message
mail-factor-code-subject = { $code } is your code
mail-factor-code-body =
    { $code } is your code to sign in. It works for { $minutes } minutes, in the browser that asked for it.

    Nobody of ours asks you for it. If you are not signing in just now, somebody knows your password: choose another one.
    { $link }
mail-register-code-subject = { $code } is your code
mail-register-code-body =
    { $code } is your code. It works for { $minutes } minutes, in the browser that asked for it.

    With it this address becomes a second factor of your sign-in. If you did not ask for that, choose another password.
    { $link }
email-change = Change the email
email-change-lead = You sign in with { $address }. Another address has to prove itself first; until then nothing changes.
email-change-none = { $label } has no proved email yet. An address has to prove itself first; until then nothing changes.
email-change-sent = A mail with a code is on its way to { $address }. Type the code here within ten minutes.
email-code-hint = The six digits in the mail. No mail? Look at the spelling of the address above.
email-new = New email
email-another = Another email instead
email-hint = It signs in to all your companies from then on. The old address is told, and can take it back for seven days.
email-invalid = This is no email address.
email-same = This is the address you have.
email-wrong-code = This code was not accepted. Use the one in the newest mail; after several wrong ones there is a pause.
email-undo-title = Take the old email back
email-undo-lead = { $address } signs in again, and every browser and app is signed out.
email-undo-text = You choose a new password next, for whoever changed the address may know the old one. This is possible until { $until }.
email-undo-button = Take it back
security-said-email-changed = Your email was changed, and you were signed out everywhere else.
activity-email-changed = Email changed
activity-email-change-undone = Old email taken back
mail-email-code-subject = { $code } is your code
mail-email-code-body =
    { $code } is the code that makes this address somebody’s new email for signing in. It works for { $minutes } minutes, in the browser that asked for it.

    If you did not ask for it, somebody mistyped their address: there is nothing to do.
mail-email-taken-subject = This address signs in already
mail-email-taken-body =
    Hello,

    somebody who is signed in elsewhere wanted to make this address their new email. It belongs to a sign-in of its own, so nothing has changed.

    If it was you: sign in with it, and bring the two together by “Link account”.
    { $link }
mail-email-changed-subject = Your email for signing in was changed
mail-email-changed-body =
    Hello,

    { $address } signs in now instead of this address.

    If it was not you, take it back here within { $days } days. Every browser is then signed out, and you choose a new password:
    { $link }
mail-email-undone-subject = Your old email signs in again
mail-email-undone-body =
    Hello,

    this address signs in again, and every browser was signed out. If you have not chosen a new password yet, do so, and look at your second factors:
    { $link }
factor-lost = None of these at hand?
factor-lost-text = A recovery code does as well: one of the ten you kept on paper. Without any, ask whoever runs this sign-in. Once they know that it is you they can give your second factors up; you are told by mail, and after some days you set up new ones.
factor-reset-title = Keep my second factors
factor-reset-lead = Somebody asked that the second factors of { $label } be given up.
factor-reset-text = If it was not you, stop it here. Then choose another password, for somebody may be trying to get in.
factor-reset-button = Stop it
factor-reset-stopped = Your second factors stay
factor-reset-stopped-text = Nothing has changed. Choose another password now if you did not ask for this yourself.
the-operator = the operator of this service
mail-factor-reset-begun-subject = Your second factors are about to be given up
mail-factor-reset-begun-body =
    Hello,

    { $asked } was asked to give up your second factors, because you lost them. In { $days } days your password is enough once, and you set up new ones.

    If you did not ask for this, or have found one again, stop it here. Signing in with a second factor stops it too.
    { $link }
mail-factor-reset-done-subject = Your second factors were given up
mail-factor-reset-done-body =
    Hello,

    somebody signed in with your password, and your old second factors are gone. Every other browser was signed out; new factors are asked for before anything else.

    If it was not you, choose another password at once:
    { $link }
username-change = Change the username
username-change-lead = You sign in as { $username }. Invitations to this name reach nobody once it is another.
username-new = New username
username-invalid = A username has no spaces, letters of one alphabet only, and does not begin like one of our ids.
username-is-an-address = A username that looks like an email must be your own proved one.
username-taken = Somebody has this username.
username-too-often = You tried too many names. Wait an hour.
username-none = You have no username: your email signs you in.
security-said-username-changed = Your username was changed.
activity-username-changed = Username changed
own-data = Download everything that is kept of me
mail-username-changed-subject = Your username was changed
mail-username-changed-body =
    Hello,

    you sign in as { $new } now, and no longer as { $old }.

    If it was not you, choose another password:
    { $link }
reason-email-changed-lately-title = The email was changed lately
reason-email-changed-lately-text = The email of this sign-in was changed, and the address before can still take that back. Until then nothing of it moves to others.
reason-email-changed-lately-remedy = Wait until seven days have passed since the change.
help-title = They cannot sign in
help-text = Your company made this sign-in, so you can have a mail sent; whoever reads it decides. Lost second factors are given up { $days } days after the mail, unless its reader says no, and new ones are set up before anything else.
help-password = Mail a link to a new password
help-factors = They lost their second factors
help-sent-password = The mail is on its way: its link leads to a new password.
help-sent-factors = The mail is on its way. In { $days } days their password is enough once, unless they say no.
reason-not-managed-title = This sign-in is its owner’s alone
reason-not-managed-text = It has an account elsewhere, a link, or was united with others, or it is not in use.
reason-not-managed-remedy = They find “Forgotten?” on the sign-in page; for lost second factors they ask the operator.
reason-no-second-factor-title = There is no second factor to give up
reason-no-second-factor-text = Nothing but the password protects this sign-in.
reason-no-second-factor-remedy = If they cannot sign in, mail a link to a new password.
recovery-codes-few = { $count ->
    [0] Your last recovery code is used: without a second factor at hand you would be locked out.
    [one] One recovery code is left.
   *[other] { $count } recovery codes are left.
}
audit-title = What happened
audit-lead = Entries, people and settings of { $company }. Times are UTC.
audit-what = What
audit-all = Everything
audit-group-entries = Entries
audit-group-people = People
audit-group-settings = Settings
audit-from = From
audit-until = Until
audit-show = Show
audit-none = Nothing happened, as far as this filter sees.
audit-more = Earlier
audit-bad-day = A day could not be read, so it was left out. Write it as 2026-12-31.
audit-csv = Download as CSV
audit-jsonl = Download as JSON Lines
audit-through-link = through a link
audit-operator = The operator or an app
audit-somebody = Somebody from elsewhere
audit-in-account-of = account of { $name }
audit-account-added = Account added
audit-account-ended = Account ended
audit-account-moved = Account moved to another sign-in
audit-account-permissions-changed = Roles or permissions changed
audit-account-role-changed = Role changed by the operator
audit-account-switched = Switched to this company
audit-activation-sent = Activation mail sent again
audit-authorization-granted = Entered
audit-authorization-refused = Entry refused
audit-brand-added = Domain added
audit-company-added = Company added
audit-company-resumed = Company may act again
audit-company-service-status = Service status set
audit-company-settings-changed = Settings changed
audit-company-suspended = Company suspended
audit-factor-reset-begun = Giving up lost second factors begun
audit-invitation-sent = Invitation sent
audit-link-entered = Account entered through a link
audit-link-made = Link into an account made
audit-recovery-asked = Mail to a new password sent
audit-role-added = Role added
audit-token-exchanged = Token exchanged into this company
audit-token-issued = Token for a machine
audit-audit-exported = This log was downloaded
scope-audit = read what happened in the company, if you may
audit-company-changed = Name or address of the company changed
audit-role-changed = Role changed
audit-role-deleted = Role deleted

error-not-operator-title = This is the operator’s console
error-not-operator-text = You are signed in as somebody who does not run this provider. An operator can make you one, or you can sign in as somebody else.
console = Console
console-overview = Overview
console-companies = Companies
console-people = People
console-clients = Apps
console-resources = Resource servers
console-keys = Keys
console-outbox = Deliveries
console-log = Audit log
console-operators = Operators
console-settings = Settings
console-signed-in = You run this provider as { $label }. Everything you do here is logged as yours.
console-refused = This was not done.
console-more = More
console-all = Show all
console-username = Username
console-empty = No app uses this provider yet. Add one: it takes a name and a redirect URI.
console-two-weeks = The last two weeks
console-health = Health
console-said-saved = Saved.
console-said-added = Added.
console-said-removed = It is gone.
console-said-suspended = The company is suspended: nothing in it can be entered.
console-said-resumed = The company may be entered again.
console-said-disabled = Switched off. It acts no more.
console-said-enabled = Switched on again.
console-said-signed-out = Signed out everywhere.
console-said-mailed = A mail is on its way to them.
console-said-rotated = The next keys sign from now on.
console-said-retried = It is tried again now.
one-per-line = One on each line.
total-people = { $n ->
    [one] person
   *[other] people
}
total-companies = { $n ->
    [one] company
   *[other] companies
}
total-accounts = { $n ->
    [one] account
   *[other] accounts
}
total-clients = { $n ->
    [one] app
   *[other] apps
}
total-sessions = { $n ->
    [one] open browser
   *[other] open browsers
}
plot-sign-ins = Sign-ins
plot-refusals = Refusals
plot-accounts = New accounts
plot-tokens = Tokens
plot-entries = Entries
plot-today = today { $n }
plot-days = { $n } in fourteen days
health-mail = Mail
health-mail-on = Mail leaves through your server.
health-mail-off = No mail server is configured: mails wait.
health-keys = Signing keys
health-keys-next = The next rotation by schedule is due on { $date }.
health-database = Database
outbox-kind-mail = Mails
outbox-kind-logout = Logout notices
outbox-kind-recovery = Requests for a new password
outbox-kind-text = Text messages
outbox-waiting = { $n } waiting, { $failing } of them failed before; the oldest since { $oldest }
outbox-lead = Mails, text messages and logout notices are written together with their cause and delivered afterwards, again and again until it works.
outbox-none = Nothing waits to be delivered.
outbox-failing = What failed
outbox-next = tried { $n } times; next at { $at }
outbox-retry = Try now
companies-none = No company here.
company-closed = suspended
company-add = Add a company
company-name = Name
company-slug = Short name in URLs
company-slug-hint = a–z, 0–9 and hyphens. It is never given to another company.
company-slug-change-hint = The old one keeps leading here, and is never given to another company.
company-region = Region
company-owner = Owner
company-owner-hint = Somebody known here, by username, email or id. May stay empty.
company-publicly-named = Show its name and logo before anybody has signed in
company-nobody = Nobody has an account here.
company-itself = The company
company-suspend = Suspend
company-suspend-hint = Suspending it closes every door to it at once, and no token for it counts. Nothing is lost.
company-resume = Let it act again
company-resume-hint = It is suspended: nothing in it can be entered.
role-add = Add a role
role-delete = Delete the role
role-name = Name in tokens
role-name-hint = Letters, digits, dots and hyphens.
role-title = Name for people
roles-none = This company has no role.
person-since = since { $date }
person-absorbed = taken over by another sign-in
person-absorbed-into = The sign-in that took it over
person-closed = closed
person-closing = being closed by its owner
person-disabled = switched off
person-waiting = not activated yet
person-open = in use
person-add = Add a person
person-add-text = They get a mail with a link to choose a password.
person-operator = operator
person-sign-in = Sign-in
person-verified = proved
person-unverified = not proved
person-factors = Second factors
person-no-factor = none
person-browsers = Open browsers
person-apps = Connected apps
person-no-account = No account in any company.
person-help = What you can do
person-enable = Switch on
person-enable-text = They can sign in again.
person-password = Mail a link
person-password-text = A mail to their proved address lets them choose a new password.
person-reset = Begin
person-reset-text = They lost every second factor: they are mailed, and after { $days } days without a no their factors are given up.
person-sign-out = Sign out everywhere
person-sign-out-text = Every browser and every app that acts for them is signed out.
person-disable = Switch off
person-disable-text = They cannot sign in any more, and everything that is open ends.
search-clients = Name or id
clients-none = No app here.
client-add = Add an app
client-kind = What it is
client-kind-web = Web app with a server
client-kind-web-hint = keeps a secret
client-kind-spa = Web app in the browser
client-kind-spa-hint = no secret; PKCE protects it
client-kind-native = Phone or desktop app
client-kind-native-hint = no secret; asks for consent every time it is new
client-kind-service = Service without people
client-kind-service-hint = tokens for a machine
client-name = Name
client-name-hint = People read it when they sign in.
client-redirect-uris = Redirect URIs
client-redirect-uris-hint = Where answers go, one on each line. Compared exactly.
client-disabled = switched off
client-secret-once = The client secret. Copy it now: it is shown only once.
client-settings = Settings
client-post-logout = Where people may go after signing out
client-uri = Its own page
client-backchannel = Back-channel logout
client-scope = Scopes it may ask for
client-scope-hint = Those of your resource servers too, with spaces between.
client-usage = Companies
client-usage-require = Always a company
client-usage-allow = With or without
client-usage-deny = Never
client-consent = Consent
client-consent-ask = People are asked
client-consent-implicit = You vouch for it
client-more = More
client-grants = What it may do
client-grant-people = Sign people in
client-grant-machine = Get tokens for itself
client-grant-exchange = Exchange tokens
client-algorithm = ID tokens are signed with
client-refresh = Refresh tokens
client-refresh-rotating = A new one at each use
client-refresh-stable = One for the whole time
client-pkce = Require PKCE
client-claims = Put profile claims into the ID token too
client-serves = Resource servers that it is
client-serves-hint = It may introspect tokens for these. One on each line.
client-listed = Only for these companies
client-companies-hint = Slugs or ids, one on each line.
client-paste = Paste this into your app
client-discovery = Every OpenID Connect library finds the rest here:
client-secrets = Secrets
client-secret-end = End it now
client-secrets-none = It has no secret that counts.
client-overlap = Hours for which the old ones still count
client-rotate = New secret
client-metadata = Its metadata as JSON
client-end = Switch off
client-enable = Switch on
client-disable = Switch off
client-disable-text = Nobody can enter it, and nothing that was issued to it counts while it is off.
client-delete = Delete for good
client-delete-text = This cannot be undone, and the id is never given again.
resources-lead = The APIs that access tokens are for. Vestibule’s own is
resources-none = No API of yours yet.
resource-add = Add a resource server
resource-name = Name
resource-identifier = Identifier
resource-identifier-hint = An absolute URI: the audience of its tokens. It never changes.
resource-algorithm = Its tokens are signed with
resource-scopes = Scopes
resource-scopes-hint = One on each line, as: name = what people read
resource-delete = Delete
keys-lead = Each key signs for { $days } days; the one after it is published long before. Apps find them at
keys-unsealed = The keys are not encrypted on disk: whoever reads keys/ can sign. Set keys.encryption_secret.
key-next = signs next
key-current = signs now
key-retiring = only verifies
keys-rotate = Rotate now
keys-rotate-text = The next keys sign from now on, and new next ones are published. Apps notice nothing.
keys-young = The next keys were published so lately that apps may not have seen them.
keys-force = Rotate all the same: some apps will meet an unknown key
settings-lead = What the configuration file and the environment say. They are changed there, and take effect at a restart.
settings-default = default
operators-lead = Operators see every company and every person, and act for nobody. They always show a second factor.
operators-alone = There is only one. Add a second one, so that a lost phone locks nobody out.
operator-add = Add an operator
operator-add-hint = Somebody who has a sign-in here.
operator-remove = Operator no more
log-none = Nothing here.
log-nobody = nobody signed in
log-kind = Kind begins with
log-company = Company
log-person = Person
log-trouble = One of the fields names a day, a company or a person that does not exist.
search-all-companies = Name or slug (beginning of a word), or id
person-accounts = Accounts
scope-clients = manage the apps that use this provider
scope-clients-read = see the apps that use this provider
scope-companies = manage companies, their roles and settings, as far as you may
scope-companies-read = see companies, their roles and settings, as far as you may
scope-identities = manage the people of this provider
scope-identities-read = see the people of this provider
scope-keys = rotate signing keys
scope-keys-read = see the state of the signing keys
scope-outbox = have deliveries tried again
scope-outbox-read = see what waits to be delivered
scope-resource_servers = manage resource servers
scope-resource_servers-read = see resource servers
scope-webhooks = manage webhooks, as far as you may
scope-webhooks-read = see webhooks and what was delivered to them
reason-precondition-failed-title = It was changed meanwhile
reason-precondition-failed-text = What you saw is not what is there any more: nothing was changed.
reason-precondition-failed-remedy = Read it again, and send what you want with its new ETag.
reason-call-under-way-title = This call is under way
reason-call-under-way-text = A call with the same Idempotency-Key has not been answered yet.
reason-call-under-way-remedy = Wait a moment and send it again.
reason-idempotency-key-reused-title = This Idempotency-Key was used before
reason-idempotency-key-reused-text = The key belongs to another call: it says something else.
reason-idempotency-key-reused-remedy = Use a new key for each new thing to do.
reason-refused-title = This was not done
reason-refused-text = What was asked breaks a rule; the title says which.
reason-refused-remedy = Change what you ask for, and send it again.
console-webhooks = Webhooks
webhooks-lead = Your systems are told of what happens by signed messages (Standard Webhooks), tried again until they arrive.
webhooks-none = Nobody is told yet.
webhook-add = Add a webhook
webhook-url = URL
webhook-url-hint = https, and no private address unless the configuration allows it.
webhook-company-hint = By slug or id: it is told of this company alone. Empty for everything.
webhook-everything = everything that happens
webhook-disabled = switched off
webhook-secret-once = The secret that signs its messages. Copy it now: it is shown only once.
webhook-events = What it is told
webhook-events-hint = Nothing ticked means everything that it can be told.
webhook-told = It is told:
webhook-provider-only = not for a company
webhook-group-account = Accounts
webhook-group-link = Links
webhook-group-invitation = Invitations
webhook-group-company = Companies and roles
webhook-group-identity = Sign-ins
webhook-group-session = Signing in and out
webhook-group-client = Apps and resource servers
webhook-group-key = Key rotations
webhook-test = Send a test
webhook-messages = What it was told
messages-none = It was told nothing yet.
message-arrived = arrived
message-given-up = given up
message-failing = failed, tried again
message-waiting = on its way
message-attempts = tried { $n } times
message-body = Message
outbox-kind-webhook = Webhook messages
mail-campaign-subject = You have several sign-ins
mail-campaign-body =
    Hello,

    under this address you have { $count } sign-ins:

    { $list }

    You can make them one: one password, one second factor, and every company you belong to in one list. Sign in with the one you want to keep, open an account, choose “Link account” and show the password of another:

    { $link }

    Nothing changes until you do, and you can take it back for three days.
console-said-sent = The message is on its way.

# A company's own rooms
company-rooms = The company
usage-title = At a glance
usage-lead = How { $company } is used. The bars are the last two weeks.
usage-seats = { $n ->
    [one] seat taken
   *[other] seats taken
  }
usage-active = entered in the last 30 days
usage-never = never entered
usage-pending = { $n ->
    [one] invitation waiting
   *[other] invitations waiting
  }
plot-ended = Accounts ended
apps-title = Apps
apps-lead = The apps that people of { $company } can enter.
apps-none = No app is open to this company.
apps-by-operator = Apps are registered by the operator of this sign-in, who also decides which companies they are open to.
app-chosen = open to chosen companies
app-for-all = open to every company
app-asks = asks each person for consent
app-vouched = the operator vouches for it
app-machine = also acts by itself
app-may = What it may ask for
roles-title = Roles
roles-lead = A role is a name for what somebody may do in the apps of { $company }. A change holds at once for everybody who has it.
roles-none-inside = There is no role yet. Without one, people have the permissions that you tick for each of them.
role-holders = { $n ->
    [0] nobody has it
    [one] one person has it
   *[other] { $n } people have it
  }
role-bundles = What it allows
role-delete-text = { $n ->
    [0] Nobody has this role. It cannot be brought back.
    [one] One person loses what it allows, at once. It cannot be brought back.
   *[other] { $n } people lose what it allows, at once. It cannot be brought back.
  }
permission-company-people = Manage the people of the company
permission-company-audit = Read what happened in the company
wrong-role-name = A name in tokens has 1 to 100 letters, digits and . : _ - /
wrong-role-title = A name for people has 1 to 200 characters.
wrong-role-taken = Another role has that name.
wrong-role-permission = One of these permissions is no longer there. Look at the list again.
wrong-role-gone = This role is no longer there.
branding-title = Look
branding-company = In lists of companies
branding-name-kept = name and short name are kept by the operator
branding-domains = Domains
branding-domains-text = Pages that mails lead to wear the look of a domain. Domains, and the sender of their mails, are added by the operator.
branding-domains-none = This company has no domain of its own.
logo = Logo
logo-hint = A PNG of at most 64 KB and 2048 pixels.
logo-remove = No logo
brand-name = Name in place of ours
brand-accent = Colour on light pages
brand-accent-dark = Colour on dark pages
brand-accent-hint = Written as #rrggbb; it must be readable on the page.
brand-support = Where people find help
brand-sender = Its mails come from { $sender }.
wrong-face-logo = This is no PNG, or it is larger than 64 KB or 2048 pixels.
wrong-face-accent = This colour is not written as #rrggbb, or cannot be read on light pages.
wrong-face-accent-dark = This colour is not written as #rrggbb, or cannot be read on dark pages.
wrong-face-support = Help is found at an https address, or a mailto one.
wrong-face-name = A name has 1 to 200 characters.
wrong-face-gone = This domain is no longer there.
webhooks-lead-inside = Other programs can be told at once what happens in this company. Messages are signed (Standard Webhooks) and tried until they arrive.
resource-permissions = Permissions of accounts
resource-permissions-hint = One on each line, as: name = what people read who give it. Companies bundle them into roles.
audit-brand-changed = Look of a domain changed

# Clients that register themselves
registration-title = Apps that register themselves
registration-mode-off = Nobody registers apps here (registration.mode is off). Tokens made before count again when it is switched on.
registration-mode-token = Whoever has one of these tokens can register apps (registration.mode is token).
registration-mode-open = Everybody can register apps (registration.mode is open). Such an app is marked for people until you vouch for it; with one of these tokens it is not.
registration-endpoint = They register at
registration-scope = They may ask for
registration-unused = Without use for { $days } days, they go.
registration-tokens = Tokens
registration-tokens-none = There is no token.
registration-token-add = Make a token
registration-token-once = Copy this token now. It is shown only here.
registration-token-name = What it is for
registration-token-name-hint = For you and other operators.
registration-token-end = End
registration-days = Days that it counts
registration-uses-label = Apps that it can register
registration-uses-hint = Leave it empty for any number.
registration-uses = { $n ->
    [one] one more app
   *[other] { $n } more apps
  }
registration-uses-any = any number of apps
client-untrusted = registered itself
client-untrusted-text = Nobody here has looked at this app. People are warned when it asks them for access.
client-vouch = Vouch for it
console-said-vouched = People are no longer warned of this app.
consent-untrusted = Nobody has checked this app
consent-untrusted-text = It registered itself, and its name may be anything. What you allow goes to { $host }. Go on only if you know that place.

# Trying a sign-in
client-try = Try a sign-in
client-try-text = Sign in as if you came from this app, and see what it would get. Nothing goes to the app, and what is shown does not count.
client-try-again = Try once more
tried-title = A sign-in to { $client }
tried-lead = This is what the app would have got. None of it counts any more.
tried-error = The app would have got the error
tried-gone = This trial is over. What it showed is shown once.
tried-id-token = The ID token says
tried-access-token = The access token says
tried-userinfo = UserInfo says
tried-refreshes = It would have got a refresh token.
tried-no-refresh = It would have got no refresh token.

# The reference of the API
reference-title = The management API
reference-lead = Every call, made from the description that programs read.
reference-token = Calls carry an access token that was asked for with
reference-scope = Scope
reference-body = It is sent
reference-schemas = What is sent and answered
device-title = Connect a device
device-lead = Your device shows a code of eight letters. Type it here; then you sign in and the device goes on by itself.
device-code = Code on the device
device-code-hint = For example WDJB-MJHT. Dashes and small letters do not matter.
device-button = Continue
device-warning = Go on only with a code that you read on a device in front of you. If somebody sent it to you, stop: they would be signed in as you.
device-code-unknown = No device is waiting with this code. Look at it once more, or let the device show a new one: a code counts for a few minutes only.
device-code-elsewhere = This code is being answered in another browser, or you signed out since you typed it. Let the device show a new one.
device-too-often = Too many wrong codes. Wait a little, or sign in first and type the code then.
device-consent-title = Sign in to { $client } on your device?
device-consent-code = Compare: your device must show this code.
device-consent-asked = It was asked for { $minutes ->
    [0] just now
    [one] a minute ago
   *[other] { $minutes } minutes ago
}.
device-consent-asked-from = It was asked for { $minutes ->
    [0] just now
    [one] a minute ago
   *[other] { $minutes } minutes ago
} from the address { $address }.
device-consent-elsewhere = That is not the network you are in now.
device-allow = Connect
device-deny = Do not connect
device-ended-title = Your device is connected
device-ended-text = { $client } is signed in there as { $label }.
device-ended-text-company = { $client } is signed in there as { $label } for { $company }.
device-ended-close = You can close this page and go on at the device.
device-ended-security = See where you are signed in
device-refused-title = The device was not connected
device-refused-text = Nobody was signed in to { $client } there. You can close this page.
device-again = Connect another device
consent-untrusted-device = It registered itself, and its name may be anything. Go on only if you know for certain what runs on your device.
client-kind-device = Device without a browser
client-kind-device-hint = a television, a till, a command line: people sign in on their phone
client-grant-device = Sign people in on devices
mail-device-let-in-subject = You connected a device to { $client }
mail-device-let-in-body =
    Hello,

    a device was just signed in to { $client } with your sign-in. It had asked from the address { $address }.

    If this was not you, disconnect it and choose a new password:

    { $link }
mail-device-let-in-company-subject = You connected a device to { $client }
mail-device-let-in-company-body =
    Hello,

    a device was just signed in to { $client } for { $company } with your sign-in. It had asked from the address { $address }.

    If this was not you, disconnect it and choose a new password:

    { $link }
