skip-to-content = Aller au contenu
language = Langue
continue = Continuer
search = Rechercher
search-companies = Nom d’entreprise
search-nothing = Aucune entreprise ne correspond à « { $search } ».
start-again = Recommencer
request-id = Si vous demandez de l’aide, indiquez
for-developers = Pour les développeurs de l’application :
what-to-do = Que faire
signed-in-as = Connecté en tant que

sign-in-title = Connexion
sign-in-lead = Une seule connexion pour toutes vos entreprises.
sign-in-to-client = pour continuer vers { $client }
sign-in-to-client-for-company = pour continuer vers { $client } chez { $company }
sign-in-button = Se connecter
sign-in-again = Se reconnecter
sign-in-wrong = Cette adresse ou cet identifiant et ce mot de passe ne correspondent pas, ou il y a eu trop d’essais. Vérifiez les deux, patientez un peu, puis réessayez.
sign-in-busy = Trop de personnes se connectent en ce moment. Réessayez dans quelques secondes.
identifier = Adresse e-mail ou identifiant
password = Mot de passe
password-show = Afficher
password-hide = Masquer
back-to-accounts = Revenir aux comptes

select-title = Choisissez un compte
select-lead = pour continuer vers { $client }
select-lead-company = pour continuer vers { $client } chez { $company }
select-none-here = Aucun compte ici ne peut être utilisé avec cette application.
continue-as = Continuer en tant que { $name }
another-identity = Utiliser une autre identité
more-accounts = Plus de comptes
all-accounts = Tous les comptes
last-used = dernière utilisation { $date }
kind-owner = Propriétaire
kind-member = Membre
kind-manager = Responsable de compte
kind-delegate = Délégué

consent-title = { $client } demande un accès
consent-lead = Vous êtes connecté en tant que { $name }.
consent-may = L’application pourra
consent-allow = Autoriser
consent-deny = Ne pas autoriser
not-you = Ce n’est pas vous ? Utiliser une autre identité
privacy-policy = Politique de confidentialité
terms = Conditions d’utilisation
scope-openid = savoir que c’est vous
scope-profile = voir votre nom et votre langue
scope-email = voir votre adresse e-mail
scope-offline_access = agir pour vous en votre absence, jusqu’à ce que vous le retiriez
scope-organizations = voir la liste de vos comptes dans les entreprises qui utilisent cette application

refused-organization-access-denied-title = Cette entreprise n’est pas accessible
refused-organization-access-denied-text = { $client } a demandé une entreprise à laquelle vous n’avez pas accès ici. Vous n’y avez peut-être pas de compte, ou elle n’utilise pas cette application.
refused-no-organization-title = Aucune entreprise n’utilise cette application
refused-no-organization-text = Vous n’avez pas de compte dans une entreprise qui utilise { $client }. Demandez-en un à l’administrateur de votre entreprise.
choose-another = Choisir un autre compte
back-to-client = Revenir à { $client }

set-password-title = Choisissez un mot de passe
set-password-welcome = Bienvenue, { $name }.
set-password-lead = Il servira désormais à connecter { $label }.
new-password = Nouveau mot de passe
password-again = Le même mot de passe encore une fois
password-hint = Au moins { $least } caractères. Plusieurs mots que vous seul assembleriez sont faciles à retenir et difficiles à deviner.
save-password = Enregistrer le mot de passe
password-too-short = Ce mot de passe est trop court : il faut au moins { $least } caractères. Essayez plusieurs mots.
password-too-long = Ce mot de passe est trop long : 256 caractères au plus sont conservés.
password-breached = Ce mot de passe a été volé à un autre service et publié : des attaquants l’essaient. Choisissez-en un que vous n’utilisez nulle part ailleurs.
password-listed = Ce mot de passe est facile à deviner : il est parmi les plus courants, ou formé de vos propres noms. Essayez plusieurs mots sans rapport entre eux.
password-differs = Les deux mots de passe ne sont pas identiques.
password-saved-title = Mot de passe enregistré
password-saved-text = Votre adresse est confirmée et votre mot de passe est défini. Connectez-vous maintenant.

home-title = Vos comptes
home-none = Vous n’avez pas encore de compte dans une entreprise. Les invitations arrivent par e-mail.
sign-out = Se déconnecter
sign-out-everywhere = Tout déconnecter
sign-out-title = Se déconnecter ?
sign-out-text = Vous serez déconnecté de ce navigateur et des applications ouvertes depuis ici.
stay-signed-in = Rester connecté
signed-out-title = Vous êtes déconnecté
signed-out-text = Plus personne n’est connecté dans ce navigateur. Sur un ordinateur partagé, fermez aussi la fenêtre.

form-post-title = Retour à l’application
mailbox-title = Boîte aux lettres
mailbox-text = Les e-mails que cette démonstration aurait envoyés, les plus récents d’abord. Cette page n’existe pas sur un vrai serveur.
mailbox-empty = Aucun e-mail en attente.
mail-activation-subject = Choisissez votre mot de passe
mail-activation-body =
    Bonjour { $name },

    un compte a été créé pour vous. Choisissez votre mot de passe ici :

    { $link }

    Le lien est valable { $hours } heures, et une seule fois. Si vous n’attendiez pas cet e-mail, ignorez-le : rien ne se passe sans vous.

error-request-title = La demande de l’application est incorrecte
error-request-text = La demande qui vous a amené ici contient une erreur, nous n’avons donc pas pu y répondre. Revenez à l’application et réessayez ; si cela se reproduit, prévenez ses auteurs.
error-busy-title = Trop d’affluence en ce moment
error-busy-text = Rien n’est perdu. Réessayez dans quelques secondes.
error-fault-title = Quelque chose s’est cassé de notre côté
error-fault-text = L’incident a été noté. Réessayez ; si cela se reproduit, demandez de l’aide.
error-form-title = Ce formulaire n’a pas pu être lu
error-form-text = L’un de ses champs était trop long, figurait deux fois ou contenait autre chose que du texte. Rien n’a été modifié. Revenez en arrière, corrigez-le et réessayez.
error-foreign-form-title = Ce formulaire vient d’ailleurs
error-foreign-form-text = Pour votre sécurité, il n’a pas été accepté. Rien ne s’est passé. Ouvrez la page ici et réessayez.
error-stale-form-title = Cette page n’était plus à jour
error-stale-form-text = Rien ne s’est passé. Votre navigateur a peut-être été déconnecté entre-temps, ou il refuse les cookies. Revenez en arrière, rechargez la page et réessayez.
error-interaction-unknown-title = Cette connexion est inconnue
error-interaction-unknown-text = Le lien est peut-être incomplet ou très ancien. Revenez à l’application et reconnectez-vous.
error-interaction-elsewhere-title = Cette connexion a commencé dans un autre navigateur
error-interaction-elsewhere-text = Elle ne peut continuer que là où elle a commencé. Si c’était ce navigateur, il refuse les cookies : autorisez-les pour ce site et recommencez.
error-interaction-finished-title = Cette connexion est déjà terminée
error-interaction-finished-text = Elle a été achevée auparavant, peut-être dans un autre onglet. Revenez à l’application.
error-interaction-expired-title = Cette connexion a pris trop de temps
error-interaction-expired-text = Pour votre sécurité, elle a pris fin. Revenez à l’application et reconnectez-vous.
error-link-title = Ce lien n’est plus valable
error-link-text = Il a déjà servi, a expiré ou a été remplacé par un plus récent. Recommencez, ou demandez à la personne qui vous a invité d’en envoyer un autre.
error-not-found-title = Il n’y a rien ici
error-not-found-text = L’adresse est peut-être mal tapée, ou la page a changé de place. Revenez d’où vous venez, ou partez de vos comptes.
error-method-title = Cette page ne s’utilise pas ainsi
error-method-text = Revenez en arrière et réessayez.

reason-organization-access-denied-title = Cette entreprise n’est pas accessible
reason-organization-access-denied-text = L’entreprise est inconnue, n’utilise pas cette application, ou la personne n’y a pas de compte. Ces cas ne se distinguent pas, afin que nul n’apprenne quelles entreprises existent.
reason-organization-access-denied-remedy = Choisissez une autre entreprise, connectez-vous avec une identité qui y a un compte, ou demandez l’accès à l’administrateur de l’entreprise.
reason-account-ended-title = Le compte a pris fin
reason-account-ended-text = Le compte de la personne dans cette entreprise a pris fin après l’émission des jetons. Les jetons ne valent plus.
reason-account-ended-remedy = Renvoyez la personne vers la connexion ; elle pourra choisir un autre compte. L’application doit oublier les jetons qu’elle possède.
reason-account-ambiguous-title = Plusieurs comptes conviennent
reason-account-ambiguous-text = L’application a demandé une réponse silencieuse sans dire lequel de plusieurs comptes elle vise. Nous ne devinons jamais.
reason-account-ambiguous-remedy = Nommez le compte par login_hint=acc_… ou l’entreprise par organization, ou demandez sans prompt=none pour que la personne choisisse.
reason-organization-not-allowed-title = Cette application n’utilise pas les entreprises
reason-organization-not-allowed-text = L’application est enregistrée avec organization_usage=deny, mais sa demande nomme une entreprise ou un compte.
reason-organization-not-allowed-remedy = Retirez organization et le compte de la demande, ou enregistrez l’application avec organization_usage=allow ou require.
reason-no-organization-title = Aucune entreprise n’utilise cette application
reason-no-organization-text = L’application est réservée aux personnes ayant un compte dans une entreprise, et cette personne n’en a aucun qui l’utilise.
reason-no-organization-remedy = Demandez un compte à l’administrateur d’une entreprise, ou connectez-vous avec une autre identité.
reason-switch-needs-browser-title = Le changement passe par le navigateur
reason-switch-needs-browser-text = Un jeton de rafraîchissement ne peut pas changer d’entreprise ici. Il n’a pas été consommé.
reason-switch-needs-browser-remedy = Envoyez la personne vers une demande d’autorisation avec organization ou login_hint=acc_… ; elle n’aura pas à se reconnecter.
reason-acr-unreachable-title = Le niveau de connexion exigé est hors d’atteinte
reason-acr-unreachable-text = L’application a déclaré essentiel un contexte d’authentification que ce fournisseur ne peut pas atteindre pour cette personne.
reason-acr-unreachable-remedy = Demandez une valeur de acr_values_supported du document de découverte, ou ne la déclarez pas essentielle.
reason-invalid-parameter-title = Un paramètre est incorrect
reason-invalid-parameter-text = Un paramètre de la requête manque, est mal formé ou hors limites ; le titre de la réponse dit lequel.
reason-invalid-parameter-remedy = Comparez la requête à la description de l’API sous /api/openapi.json.
reason-authentication-required-title = Un jeton d’accès est nécessaire
reason-authentication-required-text = La requête n’avait pas de jeton d’accès, ou un jeton expiré, révoqué ou destiné à un autre public.
reason-authentication-required-remedy = Demandez un jeton avec cette API comme resource, et envoyez-le dans l’en-tête Authorization.
reason-insufficient-scope-title = Le jeton d’accès permet trop peu
reason-insufficient-scope-text = La requête exige une portée que le jeton d’accès n’a pas.
reason-insufficient-scope-remedy = Demandez cette portée dans la demande d’autorisation ; la personne devra peut-être consentir.
reason-unavailable-title = Indisponible pour le moment
reason-unavailable-text = L’API n’a pas pu répondre : trop d’affluence, ou quelque chose s’est cassé de notre côté.
reason-unavailable-remedy = Réessayez après le délai indiqué par Retry-After. Si cela continue, donnez à l’opérateur l’heure de la requête.

switch-account = Changer de compte
back = Retour
enter = Entrer
unlink = Délier
unlink-this = Délier ce compte
linked-accounts = Comptes liés
through-a-link = par un lien
through-company = par { $company }
since = depuis le { $date }
open-app = Ouvrir une application
no-apps = Aucune application de cette entreprise ne peut être ouverte d’ici.
link-account = Lier un compte
links-out = Comptes où vous pouvez entrer
links-out-none = Aucun autre compte n’est accessible d’ici pour l’instant.
links-into = Qui peut entrer
links-into-none = Personne d’autre ne peut entrer.
link-enters-as = en tant que { $owner }, depuis { $company }
link-may-enter = peut entrer chez { $company } depuis { $from }
last-entered = dernière entrée le { $date }
never-entered = jamais entré jusqu’ici
link-out-resting = En pause : son propriétaire doit le confirmer, ou liez-le à nouveau avec le nouveau mot de passe.
link-out-unavailable = Indisponible pour l’instant.
link-into-resting = En pause depuis le changement de vos identifiants : personne n’entre tant que vous ne confirmez pas.
link-confirm = Laisser continuer
link-cut = Couper
link-enter-title = Laisser ce compte entrer dans un autre
link-enter-text = Avec le nom et le mot de passe de l’autre compte, { $company } pourra y entrer d’un clic. L’autre compte ne peut pas entrer dans celui-ci, garde sa propre connexion, et son propriétaire peut couper le lien à tout moment.
link-identifier = E-mail ou identifiant de l’autre compte
link-password = Mot de passe de l’autre compte
link-notice = Le propriétaire de l’autre compte en est averti par e-mail.
link-enter-button = Lier
link-pick-title = Quel compte ?
link-pick-lead = Le mot de passe est juste. Choisissez le compte où { $company } pourra entrer.
linked-banner = Vous êtes { $owner } chez { $company }.
linked-through = Vous venez de { $origin }.
return-to = Revenir à { $origin }
linked-limits = Mot de passe, e-mail, seconds facteurs, récupération, liens et personnes ne peuvent être changés que par { $owner }, après connexion.
error-link-proof-title = Cela a pris trop de temps
error-link-proof-text = Le mot de passe montré n’est plus retenu, et rien n’a été lié. Recommencez.
mail-link-made-subject = { $who } peut maintenant entrer dans votre compte
mail-link-made-body =
    Bonjour,

    { $who } ({ $from }) a montré votre mot de passe, ou vous l’avez accepté : cette personne peut désormais entrer d’un clic dans votre compte chez { $to }. Vous ne pouvez pas entrer dans le sien.

    Si ce n’était pas vous, coupez le lien et choisissez un nouveau mot de passe. Vous voyez qui peut entrer, et la dernière entrée, ici :

    { $link }

reason-link-proof-failed-title = Le nom et le mot de passe ne correspondent pas
reason-link-proof-failed-text = Le nom et le mot de passe donnés pour le compte à lier ne sont pas justes, ou il y a eu trop d’essais.
reason-link-proof-failed-remedy = Vérifiez les deux, attendez un peu, puis réessayez.
reason-link-self-title = Ce compte est déjà le vôtre
reason-link-self-text = Le compte à lier appartient à la même personne. On entre de toute façon dans tous ses propres comptes.
reason-link-self-remedy = Choisissez-le sous Changer de compte ; il n’y a rien à lier.
reason-link-exists-title = Ces comptes sont déjà liés
reason-link-exists-text = Il existe déjà un lien dans ce sens entre les deux comptes.
reason-link-exists-remedy = Utilisez-le, ou déliez-le d’abord.
reason-link-target-unavailable-title = Ce compte ne peut pas être lié maintenant
reason-link-target-unavailable-text = Le compte a pris fin, ou son entreprise est fermée pour l’instant.
reason-link-target-unavailable-remedy = Demandez à l’administrateur de l’entreprise si le compte existe encore.
reason-policy-forbids-link-title = Une entreprise n’autorise pas les liens
reason-policy-forbids-link-text = L’une des deux entreprises tient ses comptes à l’écart des liens.
reason-policy-forbids-link-remedy = Adressez-vous à son administrateur, ou connectez-vous à ce compte lui-même.
switch-origin-gone = Le compte d’où vous veniez n’est plus accessible. Choisissez-en un autre.

consolidated-title = Vos comptes ont été réunis
consolidated-text = Désormais { $label } ouvre tous ces comptes. Un e-mail qui permet d’annuler part vers votre ancienne adresse.
undone-title = Tout est comme avant
undone-text = Vos comptes sont de nouveau à vous seul. Connectez-vous avec votre ancien mot de passe. Les liens vers eux sont en pause tant que vous ne les confirmez pas.
undo-title = Annuler la réunion
undo-lead = Ceci rend ses comptes à { $label }, jusqu’au { $until }.
undo-text = Quiconque se trouve dans ces comptes en est déconnecté. Montrez l’ancien mot de passe.
undo-wrong = Ce n’est pas l’ancien mot de passe, ou il y a eu trop d’essais.
old-password = Ancien mot de passe
undo-button = Rendre les comptes
undo-by-passkey = Annuler avec une clé d’accès
invitation-consolidation-title = Réunir vos comptes avec les siens
invitation-link-title = Laisser quelqu’un entrer dans votre compte
invitation-account-title = Invitation dans une entreprise
invitation-meant = Cette invitation est pour { $address }.
invitation-switch = Changer d’identité et continuer
invitation-nothing-yet = Rien ne s’est encore passé, et regarder ne consomme rien.
invitation-consolidation-lead = { $who } ({ $address }) demande que tous vos comptes deviennent les siens.
invitation-link-lead = { $who } demande que son compte chez { $company } puisse entrer dans l’un des vôtres.
invitation-account-lead = { $who } vous invite chez { $company }.
what-changes = Ce qui va se passer
takeover-email = { $address } servira désormais à se connecter. N’acceptez que si cette adresse est la vôtre.
takeover-credentials = Le mot de passe et les seconds facteurs de { $label } ne fonctionnent plus ; seuls les autres restent.
takeover-profile = Prénom, nom et langue sont partout ceux de l’autre profil.
takeover-companies = Chaque entreprise garde votre compte tel quel : rôles, permissions et réglages restent.
takeover-sessions = Vous êtes déconnecté partout. Les liens vers vos comptes sont en pause jusqu’à confirmation.
takeover-undo = Pendant 72 heures vous pouvez annuler, par un e-mail à votre adresse et votre ancien mot de passe.
takeover-accounts = Ces { $count } comptes passent
and-more = et { $count } autres
both-sides-company = Vous avez tous deux un compte chez { $company }.
invitation-account-fine = L’entreprise qui vous invite voit votre nom et votre adresse. Elle n’apprend rien de vos autres entreprises et n’obtient aucun droit sur vous.
invitation-link-text = { $who } pourrait entrer d’un clic. Vous ne pourriez pas entrer chez cette personne, vous verriez sa dernière entrée, et pourriez couper à tout moment.
invitation-link-which = Lequel de vos comptes ?
invitation-fresh = Avant d’accepter, connectez-vous de nouveau en tant que { $label }, pour que personne d’autre ne le fasse à votre place.
invitation-consolidation-accept = Réunir mes comptes
invitation-link-accept = Laisser entrer
invitation-account-accept = Rejoindre
decline = Refuser
invitations-received = Invitations pour vous
invitations-sent = Invitations envoyées
open-invitation = Voir
invited-by = par { $who }, le { $date }
sent-on = envoyée le { $date }
sent-consolidation = demande de réunir ses comptes aux vôtres
sent-link = demande d’accès
until = jusqu’au { $date }
send-again = Renvoyer
cancel-invitation = Annuler
users-title = Personnes
search-people = Nom ou e-mail
search-operators-people = Début du nom, du nom de famille, de l’identifiant ou de l’adresse
nobody-found = Personne ici.
more-people = Plus de personnes
all-people = Tout le monde
this-is-you = c’est vous
pending-invitations = Invitations en attente
pending-none = Aucune invitation en attente.
invite-user = Inviter une personne
invite-user-text = Pour qui se connecte déjà, ici ou ailleurs, et pour des personnes extérieures avec des permissions choisies. Rien ne se passe avant leur accord.
add-user = Ajouter une personne
add-user-text = Pour une nouvelle adresse : le compte existe aussitôt, et un e-mail mène au choix d’un mot de passe.
email = Adresse e-mail
given-name = Prénom
family-name = Nom
account-kind = Type d’accès
permissions = Droits
permissions-none = Cette entreprise n’a pas encore de permission à donner.
access-until = Accès jusqu’au
access-until-hint = Pour les délégués. Vide, l’accès ne prend pas fin de lui-même.
mail-language = Langue de l’e-mail
save = Enregistrer
remove-user = Retirer de l’entreprise
remove-user-text = Le compte prend fin aussitôt, dans toutes les applications. La personne garde sa connexion et ses autres entreprises.
own-access = Personne ne change son propre accès. Adressez-vous à une autre personne qui gère les accès ici.
take-title = Réunir les comptes d’une autre connexion
take-text = Si vous vous connectez aussi sous un autre nom : son propriétaire (vous) accepte par e-mail, et désormais votre adresse d’ici ouvre tout. Annulable pendant 72 heures.
take-button = Demander par e-mail
ask-notice = Son propriétaire reçoit un e-mail et doit s’y connecter pour accepter.
ask-title = Ou demander à son propriétaire
ask-text = Sans mot de passe : le propriétaire reçoit un e-mail et choisit le compte où celui-ci pourra entrer.
ask-button = Demander au propriétaire
mail-invite-consolidation-subject = { $who } propose de réunir vos comptes
mail-invite-consolidation-body =
    Bonjour,
    
    { $who } ({ $address }) demande que vos comptes deviennent les siens, pour qu’une seule adresse ouvre tout. Lisez ce que cela signifie, et répondez, ici :
    
    { $link }
    
    Le lien vaut { $days } jours. Rien ne se passe sans votre connexion et votre accord. Si vous ne connaissez pas { $address }, ignorez cet e-mail.
mail-invite-link-subject = { $who } demande à entrer dans l’un de vos comptes
mail-invite-link-body =
    Bonjour,
    
    { $who } ({ $address }), de { $company }, demande à entrer dans l’un de vos comptes. Répondez ici :
    
    { $link }
    
    Le lien vaut { $days } jours. Rien ne se passe sans votre connexion et votre accord.
mail-invite-account-subject = { $who } vous invite chez { $company }
mail-invite-account-body =
    Bonjour,
    
    { $who } ({ $address }) vous invite chez { $company }. Répondez ici :
    
    { $link }
    
    Le lien vaut { $days } jours. L’invitation se trouve aussi sous vos comptes quand vous vous connectez. Si vous n’avez pas encore de mot de passe, un autre e-mail mène à son choix.
mail-absorbed-subject = Vos comptes ont été réunis
mail-absorbed-body =
    Bonjour,
    
    { $accounts } compte(s) appartiennent désormais à { $address }, qui sert à se connecter, parce que vous l’avez accepté.
    
    Si ce n’était pas vous, ou par erreur, reprenez-les dans les { $hours } heures avec votre ancien mot de passe :
    
    { $link }
mail-took-over-subject = Les comptes de { $address } sont maintenant les vôtres
mail-took-over-body =
    Bonjour,
    
    { $accounts } compte(s) de { $address } sont maintenant les vôtres. Votre adresse les ouvre tous :
    
    { $link }
    
    Pendant 72 heures, l’ancien propriétaire peut annuler.
mail-undone-subject = Les comptes de { $address } sont repartis
mail-undone-body =
    Bonjour,
    
    le propriétaire de { $address } a repris ses comptes. Ils ne sont plus parmi les vôtres :
    
    { $link }
reason-initiator-email-unverified-title = Votre propre adresse n’est pas confirmée
reason-initiator-email-unverified-text = Pour réunir des comptes il faut une adresse confirmée, car elle les ouvrira tous.
reason-initiator-email-unverified-remedy = Confirmez d’abord votre adresse : demandez à l’administrateur de votre entreprise de renvoyer l’e-mail d’activation.
reason-link-target-ambiguous-title = Plusieurs connexions ont cette adresse
reason-link-target-ambiguous-text = L’adresse appartient à plusieurs identités et ne dit donc pas laquelle est visée.
reason-link-target-ambiguous-remedy = Utilisez plutôt l’identifiant.
reason-link-target-unverified-title = Personne n’a confirmé cette adresse
reason-link-target-unverified-text = L’adresse du compte visé n’a jamais été confirmée ; aucun e-mail à son sujet n’est sûr.
reason-link-target-unverified-remedy = Son propriétaire doit d’abord s’y connecter et confirmer l’adresse.
reason-already-member-on-both-sides-title = Les deux ont un compte dans une même entreprise
reason-already-member-on-both-sides-text = Deux comptes dans une entreprise ne sont jamais fondus ; ces identités ne peuvent donc pas être réunies ainsi.
reason-already-member-on-both-sides-remedy = Un administrateur de cette entreprise peut mettre fin à l’un des deux comptes ; réessayez ensuite.
reason-invitation-wrong-identity-title = Cette invitation est pour quelqu’un d’autre
reason-invitation-wrong-identity-text = La personne connectée n’est pas celle à qui elle a été envoyée.
reason-invitation-wrong-identity-remedy = Changez d’identité et continuez ; rien n’a été consommé.
reason-invitation-used-title = Cette invitation a déjà été acceptée
reason-invitation-used-text = Une invitation ne s’accepte qu’une fois.
reason-invitation-used-remedy = Il n’y a plus rien à faire. Regardez vos comptes.
reason-invitation-expired-title = Cette invitation est trop ancienne
reason-invitation-expired-text = Les invitations ne valent que quelques jours.
reason-invitation-expired-remedy = Demandez à la personne qui vous a invité de la renvoyer.
reason-invitation-revoked-title = Cette invitation ne vaut plus
reason-invitation-revoked-text = Elle a été annulée ou refusée, ou son auteur ne peut plus inviter.
reason-invitation-revoked-remedy = Demandez-en une nouvelle.
reason-already-member-title = Cette personne y est déjà
reason-already-member-text = La personne a un compte dans cette entreprise.
reason-already-member-remedy = Modifiez plutôt ce compte.
reason-account-kind-not-allowed-title = L’entreprise n’accepte pas ce type de compte
reason-account-kind-not-allowed-text = Une entreprise peut limiter les types de comptes.
reason-account-kind-not-allowed-remedy = Choisissez un autre type d’accès.
reason-add-user-exists-use-invite-title = Quelqu’un se connecte déjà avec cette adresse
reason-add-user-exists-use-invite-text = Ajouter est pour les nouvelles adresses ; qui a confirmé celle-ci a déjà sa connexion.
reason-add-user-exists-use-invite-remedy = Invitez plutôt cette personne : l’adresse est déjà saisie ci-dessous.
reason-invite-email-is-another-username-title = Cette adresse est l’identifiant de quelqu’un d’autre
reason-invite-email-is-another-username-text = L’e-mail de son compte est l’identifiant d’un autre utilisateur ; il ne dit donc pas qui est visé.
reason-invite-email-is-another-username-remedy = Liez d’abord les deux comptes, ou faites changer cet identifiant ; ou invitez par identifiant.
reason-last-owner-title = Le dernier accès complet reste
reason-last-owner-text = Une entreprise qui a eu un propriétaire a toujours quelqu’un avec un accès complet.
reason-last-owner-remedy = Donnez d’abord un accès complet à quelqu’un d’autre.
reason-asked-too-often-title = Trop d’invitations récemment
reason-asked-too-often-text = Pour que personne ne soit inondé d’e-mails, les invitations sont limitées.
reason-asked-too-often-remedy = Attendez une heure et réessayez.
reason-more-than-you-hold-title = C’est plus que vous n’avez
reason-more-than-you-hold-text = Personne ne donne des droits qu’il n’a pas, et personne ne modifie quelqu’un au-dessus de soi.
reason-more-than-you-hold-remedy = Adressez-vous à quelqu’un avec un accès complet.
reason-not-yourself-title = Personne ne change son propre accès
reason-not-yourself-text = Vos droits sont donnés par d’autres.
reason-not-yourself-remedy = Adressez-vous à une autre personne qui gère les accès ici.
reason-invalid-address-title = Ce n’est pas une adresse e-mail
reason-invalid-address-text = On ne peut pas écrire au texte saisi.
reason-invalid-address-remedy = Vérifiez les fautes de frappe.
unlink-selected = Dissocier la sélection
unlink-selected-hint = Cochez des comptes ci-dessus pour les dissocier. Vous verrez ce que cela signifie avant que rien ne se passe.
select-item = Sélectionner { $name }
unlink-title = Dissocier
unlink-lead = Voici ce que cela signifie pour chacun. Rien ne s’est encore passé.
unlink-left = Les autres sont traités. Ceux-ci demandent une étape à part, ou doivent rester.
unlink-means-cut = Le lien est coupé : on ne peut plus entrer dans ce compte. Il garde tout le reste.
unlink-means-leave = Vous quittez cette entreprise : votre accès y prend fin aussitôt.
unlink-means-stays = Vous êtes la dernière personne à y avoir tous les droits : vous ne pouvez pas partir.
unlink-means-split = Le compte retrouve une connexion à lui, avec sa propre adresse.
unlink-sure = Dissocier maintenant
split-off = Lui donner sa connexion
split-title = Une connexion à part
split-new = Le compte quitte votre connexion et en reçoit une à lui, avec l’adresse ci-dessous et un nouveau mot de passe.
split-data = Tout ce qui est chez { $company } reste avec le compte : rôles, permissions et données.
split-links = Ses applications sont déconnectées, et ses liens attendent d’être confirmés.
split-nothing-yet = Rien ne bouge tant que le message n’a pas reçu de réponse et qu’aucun mot de passe n’est choisi.
split-address = Adresse de la nouvelle connexion
split-button = Envoyer le message
split-sent = Un message part pour { $address }. Le compte reste à vous tant que son lien n’a pas été suivi et un mot de passe choisi.
split-done-title = Il a sa propre connexion
split-done-text = Le compte a quitté l’autre connexion. Connectez-vous avec votre adresse et le mot de passe que vous venez de choisir.
mail-split-subject = Votre propre connexion pour { $company }
mail-split-body =
    Bonjour,
    
    le compte chez { $company } doit recevoir une connexion à lui, avec cette adresse. Choisissez son mot de passe ici :
    
    { $link }
    
    Le lien fonctionne pendant { $hours } heures, une seule fois. Rien ne bouge avant. Si vous n’attendiez pas ce message, ignorez-le.
mail-split-done-subject = Votre compte chez { $company } a maintenant sa propre connexion
mail-split-done-body =
    Bonjour,
    
    le compte chez { $company } a quitté votre connexion. Désormais { $address } y donne accès, avec son propre mot de passe.
    
    Si vous ne l’avez pas demandé, écrivez à l’administrateur de { $company }.
reason-address-taken-title = Cette adresse connecte déjà quelqu’un
reason-address-taken-text = L’adresse est celle d’une identité qui réunit plusieurs comptes ; personne d’autre ne peut s’en servir.
reason-address-taken-remedy = Utilisez une autre adresse, ou associez plutôt les deux connexions.
reason-account-frozen-title = Ce compte peut encore être rendu
reason-account-frozen-text = Le compte vient d’une réunion que son ancien titulaire peut annuler. D’ici là, rien d’autre ne le déplace.
reason-account-frozen-remedy = Attendez la fin des 72 heures, ou suivez le lien du message sur la réunion des comptes.
reason-last-sign-in-method-title = C’est votre seul compte
reason-last-sign-in-method-text = Il n’y a rien dont le séparer : il laisserait une connexion sans compte.
reason-last-sign-in-method-remedy = Gardez-le, ou changez plutôt l’adresse de votre connexion.
reason-invalid-date-title = Ce jour ne convient pas
reason-invalid-date-text = La fin de l’accès n’est pas un jour, ou elle est déjà passée.
reason-invalid-date-remedy = Choisissez un jour à partir d’aujourd’hui, ou laissez vide.
unlink-means-frozen = Le compte peut encore être rendu à son ancien titulaire : il reste jusqu’à la fin des 72 heures.
sign-out-browsers = Se déconnecter dans tous les navigateurs
signed-out-stay = Toujours connecté ici :
profile-title = Profil
profile-lead = Un seul profil pour toutes les entreprises de { $label }. Chaque entreprise voit votre nom ; les applications ne voient le reste que si vous l’acceptez.
profile-saved = Enregistré. Ce profil vaut partout désormais.
profile-wrong-given_name = Le prénom ne peut pas s’afficher tel quel : des lettres d’une seule écriture, 100 au plus.
profile-wrong-family_name = Le nom ne peut pas s’afficher tel quel : des lettres d’une seule écriture, 100 au plus.
profile-wrong-mobile = Le numéro de mobile est incomplet : commencez par + et le pays, comme dans +33 6 12 34 56 78.
profile-wrong-locale = Cette langue n’est pas disponible.
profile-wrong-time_zone = Ce fuseau horaire n’existe pas.
mobile = Numéro de mobile
mobile-hint = Sous forme internationale, en commençant par +.
as-the-browser = Comme le navigateur
time-zone = Fuseau horaire
not-said = Non précisé
scope-service_status = dire comment va le service de votre entreprise
status-operational = En service
status-degraded = Fonctionnement dégradé
status-maintenance = Travaux prévus
status-outage = Hors service
sort-by = Trié par
sort-use = dernier usage
sort-name = nom
activation-waits = Aucun mot de passe n’a encore été choisi. Un nouveau message rend le précédent sans valeur.
mail-manager-subject = Vous gérez le compte de { $company }
mail-manager-body =
    Bonjour { $name },
    
    vous êtes désormais responsable de compte de { $company }, avec tous les droits.
    
    Votre identifiant : { $username }
    Votre mot de passe provisoire : { $password }
    
    Choisissez votre propre mot de passe ici :
    
    { $link }
    
    ou connectez-vous avec les deux sur { $sign_in }, qui mène à la même étape. Le mot de passe provisoire n’ouvre rien d’autre et fonctionne pendant { $hours } heures. Si vous n’attendiez pas ce message, ignorez-le.
    
    { $product }
mail-split-asked-subject = Votre compte chez { $company } doit quitter votre connexion
mail-split-asked-body =
    Bonjour,
    
    une personne connectée sous votre nom a demandé que votre compte chez { $company } reçoive sa propre connexion, avec l’adresse { $address }. Cela se fera quand un message à cette adresse aura reçu une réponse, dans les { $hours } heures.
    
    Si ce n’était pas vous, choisissez maintenant un nouveau mot de passe : cela l’arrête.

company-settings = Réglages de l’entreprise
settings-saved = Enregistré.
settings-wrong-kinds = Quelqu’un doit pouvoir diriger l’entreprise : laissez les propriétaires ou les responsables de compte autorisés.
settings-wrong-manager_title = Ce nom ne peut pas être utilisé : 100 caractères au plus, sans retour à la ligne ni caractère invisible.
allowed-kinds = Types de comptes que l’on peut ajouter
allowed-kinds-hint = Les comptes d’autres types qui existent déjà restent.
manager-title = Nom donné ici à un responsable de compte
manager-title-hint = Par exemple « Super Admin ». Laissé vide, c’est « Responsable de compte ».
links-policy = Liens à sens unique
links-forbid = Exclure les comptes de cette entreprise des liens à sens unique
links-forbid-hint = Personne ne peut alors entrer dans un compte d’ici depuis un autre, ni l’inverse. Ce qui est ouvert par un lien se ferme aussitôt ; les liens existants restent en suspens jusqu’à ce que vous les autorisiez de nouveau.
roles = Rôles

manage = Gérer
preferences = Préférences pour ce compte
landing = Quand j’ouvre ce compte, afficher
landing-here = cette page
tell-of-entries = M’avertir par courriel chaque fois que quelqu’un entre dans ce compte par un lien
scope-preferences = lire et conserver ses préférences dans ce compte
mail-entered-subject = { $who } est entré dans votre compte chez { $to }
mail-entered-body =
    Bonjour,

    { $who } ({ $from }) vient d’entrer dans votre compte chez { $to } par un lien.

    Si cela ne devait pas arriver, coupez le lien ici :

    { $link }

    Vous avez demandé à être averti chaque fois. Vous pouvez le changer dans les préférences du compte.

reason-not-through-a-link-title = Pas à travers un lien
reason-not-through-a-link-text = Le jeton d’accès a été émis pour un compte où l’on est entré par un lien à sens unique, ou pour aucun compte. Ce qui appartient à la personne de ce compte se lit mais ne se change pas.
reason-not-through-a-link-remedy = Utilisez le jeton d’une personne qui est entrée dans son propre compte.

branding-domain = Domaine et apparence du courriel
support = Aide

recover-link = Mot de passe ou identifiant oublié ?
recover-title = Retrouver l’accès
recover-lead = Saisissez votre adresse e-mail ou votre identifiant. Nous envoyons un message avec vos identifiants et un lien pour choisir un nouveau mot de passe.
recover-button = Envoyer le message
recover-empty = Saisissez une adresse e-mail ou un identifiant.
recover-sent = Si ce nom appartient à quelqu’un ici, un message part vers son adresse confirmée. Son lien fonctionne pendant { $minutes } minutes.
recover-sent-hint = Rien reçu ? Cherchez parmi les indésirables ou essayez une autre adresse. La personne qui vous a ajouté à une entreprise peut aussi renvoyer votre message d’activation.
back-to-sign-in = Retour à la connexion
mail-recovery-subject = Votre connexion
mail-recovery-body =
    Bonjour,

    quelqu’un a demandé de l’aide pour se connecter avec cette adresse. Voici vos connexions ; choisissez un nouveau mot de passe avec le lien sous leur nom :

    { $list }

    Un lien fonctionne une seule fois, dans les { $minutes } minutes. Un nouveau mot de passe vous déconnecte partout. Si ce n’était pas vous, ne faites rien : rien n’a changé.
mail-guessed-subject = Quelqu’un essaie de deviner votre mot de passe
mail-guessed-body =
    Bonjour,

    il y a eu cent essais faux de suite à votre connexion, dans des navigateurs que vous n’aviez jamais utilisés. Rien n’a été ouvert.

    Désormais votre mot de passe n’ouvre plus rien dans un tel navigateur, qui que ce soit qui le tape. Là où vous vous êtes déjà connecté, tout marche comme avant. Pour vous connecter ailleurs, choisissez un nouveau mot de passe :

    { $link }

    Si ces essais étaient les vôtres, tout va bien.

mail-password-changed-subject = Votre mot de passe a été changé
mail-password-changed-body =
    Bonjour,

    votre mot de passe vient d’être changé et vous avez été déconnecté partout.

    Si ce n’était pas vous, choisissez-en un nouveau tout de suite :

    { $link }

scope-links = voir, demander, confirmer et couper les liens entre vos comptes et ceux d’autres personnes
scope-people = voir, ajouter, inviter, modifier et retirer des personnes de l’entreprise, dans la limite de vos droits
reason-not-here-title = Rien de tel ici
reason-not-here-text = L’adresse désigne quelque chose qui n’existe pas ou que le jeton n’atteint pas.
reason-not-here-remedy = Listez ce qui existe et utilisez les identifiants de la liste.

undo-confirm-title = Qu’est-ce qui reste ?
undo-confirm-lead = Pendant que vos comptes étaient réunis, ceci s’y est ajouté. Cochez ce qui peut rester ; tout le reste disparaît quand les comptes reviennent.
undo-later-links = { $count ->
    [one] Un lien créé depuis reste en suspens jusqu’à ce que son propriétaire le confirme.
   *[other] { $count } liens créés depuis restent en suspens jusqu’à ce que leurs propriétaires les confirment.
}
undo-later-invitations = { $count ->
    [one] Une invitation envoyée depuis ne compte plus ; renvoyez-la si vous y tenez.
   *[other] { $count } invitations envoyées depuis ne comptent plus ; renvoyez-les si vous y tenez.
}

list-is-cut = Les { $count } premiers liens sont affichés. Cherchez une entreprise pour trouver les autres.

scope-phone = voir votre numéro de mobile
mobile-prove-title = Confirmer votre numéro de mobile
mobile-proved = Confirmé le { $date }.
mobile-code = Code reçu
mobile-code-hint = Nous avons envoyé six chiffres à votre numéro. Ils fonctionnent pendant dix minutes.
mobile-confirm = Confirmer
mobile-send = Envoyer un code
mobile-send-again = Envoyer un autre code
mobile-wrong-code = Ce n’est pas le code, ou il est trop ancien.
mobile-asked-too-often = Trop de codes ont été envoyés. Attendez un peu.
text-mobile-code = { $code } est votre code. Il fonctionne pendant { $minutes } minutes. Personne de chez nous ne vous le demandera.

undo-later-cut = Il y a plus que cette page ne peut montrer. Ce qui n’est pas montré disparaît ; les entreprises peuvent le redonner.

# Seconds facteurs
factor-title = Encore une étape
factor-lead = Connexion en tant que { $label } : montrez votre second facteur.
factor-lead-client = Pour continuer vers { $client } en tant que { $label }, montrez votre second facteur.
factor-code = Code à saisir
factor-recovery-code = Code de secours
factor-code-hint = Les six chiffres que votre application affiche en ce moment.
factor-recovery-hint = Un des codes que vous avez gardés sur papier. Chacun ne sert qu’une fois.
factor-code-or-recovery-hint = Les six chiffres que votre application affiche en ce moment. Sans l’application, un de vos codes de secours.
factor-button = Continuer
factor-without = Continuer sans
factor-somebody-else = Se connecter en tant que quelqu’un d’autre
factor-wrong = Ce code n’a pas été accepté. Attendez le suivant et réessayez ; un code ne sert qu’une fois, et après plusieurs erreurs il y a une pause.
factor-not-accepted = Ce code est juste, mais ne compte pas ici. Utilisez un autre second facteur.
factor-totp = Application d’authentification
factor-passkey = Clé d’accès
factor-mail = Codes par courriel
factor-sms = Codes par SMS
factor-name = Nom
factor-name-hint = Pour le reconnaître, par exemple « Téléphone du travail ».
link-factor-title = Le second facteur de ce compte
link-factor-lead = Le mot de passe était juste. Montrez maintenant le second facteur du compte dans lequel { $company } pourra entrer.
enroll-title = Mettre en place un second facteur
enroll-lead = { $label } a besoin d’un second facteur pour continuer.
enroll-lead-client = Pour continuer vers { $client }, { $label } a besoin d’un second facteur.
enroll-text = Avec un second facteur, connaître votre mot de passe ne suffit plus pour se connecter. Cela prend une minute et vaut pour toutes vos entreprises.
enroll-until = Vous pouvez le faire plus tard, jusqu’au { $date }.
enroll-later = Pas maintenant
enroll-wrong-code = Ce n’est pas le code que l’application affiche en ce moment. Vérifiez l’heure du téléphone et essayez le code suivant.
enroll-too-many = Vous en avez autant qu’il est possible d’en garder. Retirez-en un d’abord.
add-totp = Ajouter une application d’authentification
totp-lead = Scannez ceci avec une application d’authentification sur votre téléphone, pour { $label }.
totp-qr = Un code QR avec le secret pour votre application
totp-open = L’ouvrir dans une application de cet appareil
totp-by-hand = Ou saisissez ceci à la main dans l’application :
totp-confirm = Confirmer
recovery-codes-title = Codes de secours
recovery-codes-lead = Dix codes pour { $label }, pour le jour où votre second facteur sera perdu.
recovery-codes-text = Ils ne sont affichés que cette fois. Gardez-les sur papier ou dans un gestionnaire de mots de passe ; chacun remplace une fois votre second facteur.
recovery-codes-download = Télécharger
recovery-codes-print = Imprimer
recovery-codes-kept = Je les ai gardés
recovery-codes-none = Vous n’en avez pas. Sans eux, un téléphone perdu vous enferme dehors.
recovery-codes-left = { $count ->
    [one] Il en reste un de ceux du { $date }.
   *[other] Il en reste { $count } de ceux du { $date }.
}
recovery-codes-make = Créer de nouveaux codes de secours
recovery-codes-make-hint = Ceux que vous avez ne marcheront plus.
security-title = Sécurité
security-lead = Ce qui connecte { $label }, et où.
security-factors = Seconds facteurs
factor-may-go-back = Elle vient d’une autre connexion et y retournera si l’on annule le rattachement ; passé le délai de 72 heures, vous pourrez la supprimer.
security-no-factor = Vous n’en avez pas encore. Votre mot de passe suffit à vous connecter.
security-browsers = Où vous êtes connecté
security-apps = Applications qui agissent pour vous
security-no-apps = Aucune.
security-activity = Dernièrement
security-no-activity = Rien pour l’instant.
security-said-removed = Retiré ; vous avez été déconnecté partout ailleurs.
security-said-password-changed = Votre mot de passe a été changé ; vous avez été déconnecté partout ailleurs.
security-said-signed-out = Déconnecté là-bas.
security-said-disconnected = L’application n’agit plus pour vous.
security-said-enroll-over = Cette page est restée ouverte trop longtemps. Recommencez.
added-on = ajouté le { $date }
remove = Retirer
password-change = Changer le mot de passe
password-choose = Choisir un mot de passe
password-change-lead = Un nouveau mot de passe pour { $label }. Vous restez connecté ici et êtes déconnecté partout ailleurs.
device-unknown = Un navigateur
device-here = celui-ci
signed-in-on = connecté le { $date }
last-seen = vu le { $date }
sign-out-others = Se déconnecter partout ailleurs
granted-on = autorisée le { $date }
app-offline = aussi en votre absence
disconnect = Retirer l’accès
passkey-backed-up = sur plusieurs appareils
passkey-flagged = Son compteur a reculé le { $date }. Si vous ne l’avez pas restaurée depuis une copie, retirez-la.
activity-sign-in-accepted = Connexion
activity-sign-in-stepped-up = Second facteur montré
activity-sign-out = Déconnexion
activity-password-set = Mot de passe choisi grâce à un courriel
activity-password-changed = Mot de passe changé
activity-factor-added = Second facteur ajouté
activity-factor-removed = Second facteur retiré
activity-factor-refused = Un second facteur a été refusé
activity-recovery-codes-made = Codes de secours créés
activity-link-made = Lien créé
activity-link-cut = Lien coupé
activity-link-entered = Compte ouvert par un lien
activity-identity-consolidated = Connexion reprise
activity-recovery-mailed = Courriel de récupération envoyé
activity-app-disconnected = Accès d’une application retiré
mail-factor-added-subject = Un second facteur a été ajouté
mail-factor-added-body =
    Bonjour,

    { $kind } « { $name } » vient d’être ajouté à votre connexion.

    Si ce n’était pas vous, connectez-vous, retirez-le et choisissez un nouveau mot de passe :

    { $link }
mail-factor-removed-subject = Un second facteur a été retiré
mail-factor-removed-body =
    Bonjour,

    { $kind } « { $name } » vient d’être retiré de votre connexion, et vous avez été déconnecté de tous les autres navigateurs.

    Si ce n’était pas vous, choisissez tout de suite un nouveau mot de passe :

    { $link }
mail-factor-guessed-subject = Quelqu’un connaît votre mot de passe
mail-factor-guessed-body =
    Bonjour,

    quelqu’un a saisi votre mot de passe sans erreur, puis a échoué plusieurs fois à votre second facteur.

    Si ce n’était pas vous, choisissez un nouveau mot de passe :

    { $link }
mail-recovery-code-used-subject = Un code de secours a servi
mail-recovery-code-used-body =
    Bonjour,

    un de vos codes de secours vient de servir à une connexion. Il vous en reste { $left }.

    Si ce n’était pas vous, choisissez un nouveau mot de passe et de nouveaux codes :

    { $link }
mail-recovery-codes-made-subject = Nouveaux codes de secours
mail-recovery-codes-made-body =
    Bonjour,

    de nouveaux codes de secours viennent d’être créés pour votre connexion. Les précédents ne marchent plus.

    Si ce n’était pas vous, choisissez un nouveau mot de passe et recréez des codes :

    { $link }
reason-step-up-required-title = Une preuve plus forte ou plus récente est nécessaire
reason-step-up-required-text = L’entreprise demande un second facteur, ou un second facteur montré plus récemment que dans cette connexion.
reason-step-up-required-remedy = Laissez la personne passer par la page du point d’autorisation : renvoyez la demande sans prompt=none. Seule la différence est demandée.
reason-mfa-enrollment-required-title = Un second facteur doit être mis en place
reason-mfa-enrollment-required-text = L’entreprise demande un second facteur, et la personne n’en a aucun qui convienne.
reason-mfa-enrollment-required-remedy = Renvoyez la demande sans prompt=none : la personne est guidée pour en mettre un en place, puis jusqu’à l’application.
reason-link-target-mfa-required-title = Ce compte a un second facteur
reason-link-target-mfa-required-text = Un lien vers un compte demande aussi son second facteur, pas seulement son mot de passe.
reason-link-target-mfa-required-remedy = Montrez le code de l’application ou un code de secours de ce compte.
reason-primary-has-linked-accounts-title = D’autres comptes dépendent de cette connexion
reason-primary-has-linked-accounts-text = Cette connexion en a repris d’autres et ne peut pas être fermée tant que leurs comptes y sont rattachés.
reason-primary-has-linked-accounts-remedy = Séparez d’abord ces comptes : chacun redevient une connexion à part entière.
policy-title = Connexion
policy-level = Ce qu’il faut montrer pour entrer dans cette entreprise
policy-level-hint = Qui a montré moins doit montrer la différence en entrant, et qui n’a pas de second facteur est guidé pour en mettre un en place.
level-1fa = Un mot de passe suffit
level-mfa = Un second facteur
level-phr = Une clé d’accès ou de sécurité
policy-age = Durée de validité d’une preuve
age-0 = Autant que la session
age-900 = Un quart d’heure
age-3600 = Une heure
age-28800 = 8 heures
age-86400 = Un jour
age-604800 = Une semaine
age-minutes = { $minutes } min
refuse-totp = Ne pas accepter les applications d’authentification
refuse-recovery = Ne pas accepter les codes de secours
policy-grace = Jours pour mettre en place un second facteur
policy-grace-hint = Pendant ce temps, qui n’en a pas peut encore entrer après votre demande, et les nouveaux après leur arrivée.
settings-wrong-policy = Le nombre de jours doit être entre 0 et 90.
settings-wrong-policy-unmeetable = Il ne resterait que les clés d’accès, et il n’y en a pas à cette adresse : personne ne pourrait entrer.
takeover-along = Seconds facteurs à emporter
takeover-along-hint = Sans coche, ils restent en arrière. Qui reprend la connexion doit alors en mettre en place un aussi fort avant d’entrer où que ce soit.
add-passkey = Ajouter une clé d’accès
passkey-lead = Une clé d’accès connecte { $label } par une empreinte, un visage, un code ou une clé de sécurité, et aucun autre site ne peut la demander en notre nom.
passkey-make = Créer une clé d’accès
passkey-use = Utiliser une clé d’accès
passkey-failed = La clé d’accès n’a pas servi. Réessayez, ou passez par un autre moyen.
passkey-needs-script = Les clés d’accès demandent un navigateur qui les connaît, avec les scripts activés.
enroll-passkey = Cette clé d’accès n’a pas été acceptée, ou vous l’avez déjà.
enroll-over = Cette page est restée ouverte trop longtemps. Réessayez.
sign-in-passkey = Cette clé d’accès n’a pas été acceptée. Connectez-vous avec votre mot de passe.
mail-passkey-went-back-subject = Une clé d’accès a peut-être été copiée
mail-passkey-went-back-body =
    Bonjour,

    votre clé d’accès « { $name } » a été montrée avec un compteur qui a reculé, comme le ferait une copie. Elle n’a pas été acceptée.

    Si vous ne l’avez pas restaurée depuis une copie, retirez-la :

    { $link }
close-identity = Fermer cette connexion
close-lead = { $label } ne connectera plus personne.
close-last-owner = Vous êtes la dernière personne à avoir tous les droits chez { $company }. Donnez-les d’abord à quelqu’un d’autre.
close-linked-accounts = Des comptes d’autres connexions que vous avez reprises y sont rattachés. Séparez-les d’abord : chacun redevient une connexion à part entière.
close-now = Vous êtes déconnecté partout tout de suite et aucune application n’agit plus pour vous.
close-grace = Pendant 14 jours, vous retrouvez tout en vous connectant.
close-accounts = { $count ->
    [0] Ensuite votre nom, votre adresse et vos seconds facteurs sont effacés.
    [one] Ensuite votre compte prend fin et votre nom, votre adresse et vos seconds facteurs sont effacés. Ce que l’entreprise garde de votre travail lui reste.
   *[other] Ensuite vos { $count } comptes prennent fin et votre nom, votre adresse et vos seconds facteurs sont effacés. Ce que les entreprises gardent de votre travail leur reste.
}
close-sure = Je veux la fermer
closing-title = Votre connexion est fermée
closing-text = Vous avez été déconnecté partout. Connectez-vous dans les 14 jours pour la retrouver.
activity-identity-closing = Connexion fermée
activity-identity-restored = Connexion retrouvée
mail-closing-subject = Votre connexion est fermée
mail-closing-body =
    Bonjour,

    votre connexion vient d’être fermée. Dans { $days } jours elle disparaîtra pour de bon.

    Si ce n’était pas vous, ou si vous avez changé d’avis, connectez-vous :

    { $link }
mail-restored-subject = Votre connexion est de retour
mail-restored-body =
    Bonjour,

    vous vous êtes connecté : votre connexion n’est plus fermée.

    { $link }
mail-closed-subject = Votre connexion a disparu
mail-closed-body =
    Bonjour,

    votre connexion, fermée il y a quelque temps, a maintenant disparu, avec votre nom, votre adresse et vos seconds facteurs.
factor-remember = Ne plus demander dans ce navigateur pendant { $days } jours
security-remembered = Navigateurs où votre second facteur n’est pas demandé
security-said-forgotten = Ce navigateur le demandera de nouveau.
remembered-since = depuis le { $date }
forget-device = Redemander
policy-remembered = Un navigateur où le second facteur a déjà été montré suffit
mail-new-device-subject = Connexion depuis un nouveau navigateur
mail-new-device-body =
    Bonjour,

    votre connexion vient de servir dans un navigateur où nous ne vous avions jamais vu : { $device } { $address }

    Si ce n’était pas vous, déconnectez-vous là-bas et choisissez un nouveau mot de passe :

    { $link }
add-sms = Ajouter des codes par SMS
add-mail = Ajouter des codes par courriel
sent-lead = Pour { $label } : un code vous est envoyé chaque fois qu’un second facteur est demandé.
sent-text-sms = Les codes vont au { $target }. Ils sont plus faibles qu’une clé d’accès ou une application : qui s’empare du numéro les reçoit aussi.
sent-text-mail = Les codes vont à { $target }. C’est le second facteur le plus faible : qui lit votre courriel peut aussi récupérer votre mot de passe.
sent-none-sms = Ajoutez d’abord votre numéro de mobile à votre profil, et confirmez-le par un code.
sent-none-mail = Vous n’avez pas encore d’adresse confirmée.
sent-under-way-sms = Un code est en route vers { $target }. Il vaut ici, pendant dix minutes.
sent-under-way-mail = Un courriel avec un code est en route vers { $target }. Il vaut ici, pendant dix minutes.
send-code-sms = Envoyer un code au { $target }
send-code-mail = Envoyer un code à { $target }
factor-any-code-hint = Le code qui vous a été envoyé, celui que montre votre application, ou l’un de vos codes de secours.
refuse-mail = Ne pas accepter les codes par courriel
refuse-sms = Ne pas accepter les codes par SMS
mail-factor-code-subject = { $code } est votre code
mail-factor-code-body =
    { $code } est votre code de connexion. Il vaut { $minutes } minutes, dans le navigateur qui l’a demandé.

    Personne chez nous ne vous le demandera. Si vous n’êtes pas en train de vous connecter, quelqu’un connaît votre mot de passe : choisissez-en un autre.
    { $link }
mail-register-code-subject = { $code } est votre code
mail-register-code-body =
    { $code } est votre code. Il vaut { $minutes } minutes, dans le navigateur qui l’a demandé.

    Avec lui, cette adresse devient un second facteur de votre connexion. Si vous ne l’avez pas demandé, choisissez un autre mot de passe.
    { $link }
email-change = Changer l’adresse
email-change-lead = Vous vous connectez avec { $address }. Une autre adresse doit d’abord être confirmée ; d’ici là rien ne change.
email-change-none = { $label } n’a pas encore d’adresse confirmée. Une adresse doit d’abord être confirmée ; d’ici là rien ne change.
email-change-sent = Un courriel avec un code est en route vers { $address }. Tapez ce code ici dans les dix minutes.
email-code-hint = Les six chiffres du courriel. Pas de courriel ? Vérifiez l’orthographe de l’adresse ci-dessus.
email-new = Nouvelle adresse
email-another = Une autre adresse à la place
email-hint = Elle connecte ensuite à toutes vos entreprises. L’ancienne adresse est prévenue et peut revenir en arrière pendant sept jours.
email-invalid = Ce n’est pas une adresse de courriel.
email-same = C’est l’adresse que vous avez.
email-wrong-code = Ce code n’a pas été accepté. Prenez celui du dernier courriel ; après plusieurs erreurs, il y a une pause.
email-undo-title = Reprendre l’ancienne adresse
email-undo-lead = { $address } connecte de nouveau, et chaque navigateur et application est déconnecté.
email-undo-text = Vous choisissez ensuite un nouveau mot de passe, car qui a changé l’adresse connaît peut-être l’ancien. C’est possible jusqu’au { $until }.
email-undo-button = Reprendre
security-said-email-changed = Votre adresse a été changée ; vous avez été déconnecté partout ailleurs.
activity-email-changed = Adresse changée
activity-email-change-undone = Ancienne adresse reprise
mail-email-code-subject = { $code } est votre code
mail-email-code-body =
    { $code } est le code qui fait de cette adresse la nouvelle adresse de connexion de quelqu’un. Il vaut { $minutes } minutes, dans le navigateur qui l’a demandé.

    Si vous ne l’avez pas demandé, quelqu’un s’est trompé d’adresse : il n’y a rien à faire.
mail-email-taken-subject = Cette adresse connecte déjà
mail-email-taken-body =
    Bonjour,

    quelqu’un, connecté ailleurs, voulait faire de cette adresse sa nouvelle adresse. Elle a sa propre connexion : rien n’a changé.

    Si c’était vous : connectez-vous avec elle et réunissez les deux par « Lier un compte ».
    { $link }
mail-email-changed-subject = Votre adresse de connexion a été changée
mail-email-changed-body =
    Bonjour,

    { $address } connecte désormais à la place de cette adresse.

    Si ce n’était pas vous, reprenez-la ici dans les { $days } jours. Chaque navigateur est alors déconnecté, et vous choisissez un nouveau mot de passe :
    { $link }
mail-email-undone-subject = Votre ancienne adresse connecte de nouveau
mail-email-undone-body =
    Bonjour,

    cette adresse connecte de nouveau, et chaque navigateur a été déconnecté. Si vous n’avez pas encore choisi de nouveau mot de passe, faites-le, et vérifiez vos seconds facteurs :
    { $link }
factor-lost = Rien de tout cela sous la main ?
factor-lost-text = Un code de secours convient aussi : l’un des dix que vous avez gardés sur papier. Sans aucun, adressez-vous à qui gère cette connexion. Quand il sait que c’est vous, il peut abandonner vos seconds facteurs ; vous êtes prévenu par courriel et, après quelques jours, vous en mettez de nouveaux en place.
factor-reset-title = Garder mes seconds facteurs
factor-reset-lead = Quelqu’un a demandé que les seconds facteurs de { $label } soient abandonnés.
factor-reset-text = Si ce n’était pas vous, arrêtez cela ici. Choisissez ensuite un autre mot de passe, car quelqu’un essaie peut-être d’entrer.
factor-reset-button = Arrêter
factor-reset-stopped = Vos seconds facteurs restent
factor-reset-stopped-text = Rien n’a changé. Choisissez un autre mot de passe maintenant si vous n’avez rien demandé.
the-operator = l’opérateur de ce service
mail-factor-reset-begun-subject = Vos seconds facteurs vont être abandonnés
mail-factor-reset-begun-body =
    Bonjour,

    on a demandé d’abandonner vos seconds facteurs (demande reçue par { $asked }), parce que vous les avez perdus. Dans { $days } jours, votre mot de passe suffira une fois, et vous en mettrez de nouveaux en place.

    Si vous n’avez rien demandé, ou si vous en avez retrouvé un, arrêtez cela ici. Se connecter avec un second facteur l’arrête aussi.
    { $link }
mail-factor-reset-done-subject = Vos seconds facteurs ont été abandonnés
mail-factor-reset-done-body =
    Bonjour,

    quelqu’un s’est connecté avec votre mot de passe, et vos anciens seconds facteurs n’existent plus. Tout autre navigateur a été déconnecté ; de nouveaux facteurs sont demandés avant toute autre chose.

    Si ce n’était pas vous, choisissez tout de suite un autre mot de passe :
    { $link }
username-change = Changer l’identifiant
username-change-lead = Vous vous connectez sous le nom { $username }. Les invitations à ce nom n’atteignent plus personne une fois qu’il a changé.
username-new = Nouvel identifiant
username-invalid = Un identifiant n’a pas d’espace, ses lettres sont d’un seul alphabet, et il ne commence pas comme l’un de nos numéros.
username-is-an-address = Un identifiant en forme d’adresse doit être votre propre adresse confirmée.
username-taken = Quelqu’un a cet identifiant.
username-too-often = Vous avez essayé trop de noms. Attendez une heure.
username-none = Vous n’avez pas d’identifiant : votre adresse vous connecte.
security-said-username-changed = Votre identifiant a été changé.
activity-username-changed = Identifiant changé
own-data = Télécharger tout ce qui est conservé sur moi
mail-username-changed-subject = Votre identifiant a été changé
mail-username-changed-body =
    Bonjour,

    vous vous connectez désormais sous le nom { $new }, et non plus { $old }.

    Si ce n’était pas vous, choisissez un autre mot de passe :
    { $link }
reason-email-changed-lately-title = L’adresse a été changée récemment
reason-email-changed-lately-text = L’adresse de cette connexion a été changée, et la précédente peut encore revenir en arrière. D’ici là, rien n’en part vers d’autres.
reason-email-changed-lately-remedy = Attendez que sept jours se soient écoulés depuis le changement.
help-title = La connexion ne marche plus
help-text = Votre entreprise a créé cette connexion : vous pouvez faire envoyer un message, et qui le lit décide. Les seconds facteurs perdus sont abandonnés { $days } jours après le message, sauf refus de qui le lit ; de nouveaux sont mis en place avant toute autre chose.
help-password = Envoyer un lien vers un nouveau mot de passe
help-factors = Seconds facteurs perdus
help-sent-password = Le message est en route : son lien mène à un nouveau mot de passe.
help-sent-factors = Le message est en route. Dans { $days } jours, le mot de passe suffira une fois, sauf refus de la personne.
reason-not-managed-title = Cette connexion n’appartient qu’à sa personne
reason-not-managed-text = Elle a un compte ailleurs, un lien, ou a été réunie avec d’autres, ou elle ne sert pas.
reason-not-managed-remedy = La page de connexion offre « Oublié ? » ; pour des seconds facteurs perdus, il faut s’adresser à l’opérateur.
reason-no-second-factor-title = Il n’y a pas de second facteur à abandonner
reason-no-second-factor-text = Seul le mot de passe protège cette connexion.
reason-no-second-factor-remedy = Si la personne ne peut pas se connecter, envoyez un lien vers un nouveau mot de passe.
recovery-codes-few = { $count ->
    [0] Votre dernier code de secours a servi : sans second facteur sous la main, vous seriez enfermé dehors.
    [one] Il reste un code de secours.
   *[other] Il reste { $count } codes de secours.
}
audit-title = Ce qui s’est passé
audit-lead = Entrées, personnes et réglages de { $company }. Les heures sont en UTC.
audit-what = Quoi
audit-all = Tout
audit-group-entries = Entrées
audit-group-people = Personnes
audit-group-settings = Réglages
audit-from = Du
audit-until = Au
audit-show = Afficher
audit-none = Rien ne s’est passé, pour autant que ce filtre le voie.
audit-more = Plus ancien
audit-bad-day = Un jour n’a pas pu être lu et a été laissé de côté. Écrivez-le comme 2026-12-31.
audit-csv = Télécharger en CSV
audit-jsonl = Télécharger en JSON Lines
audit-through-link = par un lien
audit-operator = L’opérateur ou une application
audit-somebody = Quelqu’un d’ailleurs
audit-in-account-of = compte de { $name }
audit-account-added = Compte ajouté
audit-account-ended = Compte terminé
audit-account-moved = Compte passé à une autre connexion
audit-account-permissions-changed = Rôles ou droits modifiés
audit-account-role-changed = Rôle modifié par l’opérateur
audit-account-switched = Passage à cette entreprise
audit-activation-sent = Message d’activation renvoyé
audit-authorization-granted = Entrée
audit-authorization-refused = Entrée refusée
audit-brand-added = Domaine ajouté
audit-company-added = Entreprise ajoutée
audit-company-resumed = L’entreprise peut agir de nouveau
audit-company-service-status = État du service indiqué
audit-company-settings-changed = Réglages modifiés
audit-company-suspended = Entreprise suspendue
audit-factor-reset-begun = Abandon de seconds facteurs perdus commencé
audit-invitation-sent = Invitation envoyée
audit-link-entered = Compte ouvert par un lien
audit-link-made = Lien vers un compte créé
audit-recovery-asked = Lien vers un nouveau mot de passe envoyé
audit-role-added = Rôle ajouté
audit-token-exchanged = Jeton échangé vers cette entreprise
audit-token-issued = Jeton pour une machine
audit-audit-exported = Ce journal a été téléchargé
scope-audit = lire ce qui s’est passé dans l’entreprise, si vous y êtes autorisé
audit-company-changed = Nom ou adresse de l’entreprise modifiés
audit-role-changed = Rôle modifié
audit-role-deleted = Rôle supprimé

error-not-operator-title = Voici la console de l’opérateur
error-not-operator-text = La personne connectée n’exploite pas ce fournisseur. Un opérateur peut vous ajouter, ou vous pouvez vous connecter autrement.
console = Console d’exploitation
console-overview = Vue d’ensemble
console-companies = Entreprises
console-people = Personnes
console-clients = Applications
console-resources = Serveurs de ressources
console-keys = Clés
console-outbox = Envois
console-log = Journal d’audit
console-operators = Opérateurs
console-settings = Configuration
console-signed-in = Vous exploitez ce fournisseur en tant que { $label }. Tout ce que vous faites ici est noté à votre nom.
console-refused = Cela n’a pas été fait.
console-more = Suite
console-all = Tout afficher
console-username = Nom d’utilisateur
console-empty = Aucune application n’utilise encore ce fournisseur. Ajoutez-en une : il faut un nom et une URI de redirection.
console-two-weeks = Les deux dernières semaines
console-health = État de santé
console-said-saved = C’est enregistré.
console-said-added = C’est ajouté.
console-said-removed = C’est supprimé.
console-said-suspended = L’entreprise est suspendue : on ne peut plus y entrer.
console-said-resumed = On peut de nouveau entrer dans l’entreprise.
console-said-disabled = Désactivation faite. Plus rien n’agit.
console-said-enabled = Réactivation faite.
console-said-signed-out = Déconnexion faite partout.
console-said-mailed = Un courriel lui est envoyé.
console-said-rotated = Les clés suivantes signent désormais.
console-said-retried = Une nouvelle tentative a lieu maintenant.
one-per-line = Une par ligne.
total-people = { $n ->
    [one] personne
   *[other] personnes
}
total-companies = { $n ->
    [one] entreprise
   *[other] entreprises
}
total-accounts = { $n ->
    [one] compte
   *[other] comptes
}
total-clients = { $n ->
    [one] application
   *[other] applications
}
total-sessions = { $n ->
    [one] navigateur ouvert
   *[other] navigateurs ouverts
}
plot-sign-ins = Connexions
plot-refusals = Refus
plot-accounts = Nouveaux comptes
plot-tokens = Jetons
plot-entries = Entrées
plot-today = { $n } aujourd’hui
plot-days = { $n } en quatorze jours
health-mail = Courriel
health-mail-on = Les courriels partent par votre serveur.
health-mail-off = Aucun serveur de courriel n’est configuré : les courriels attendent.
health-keys = Clés de signature
health-keys-next = La prochaine rotation prévue est le { $date }.
health-database = Base de données
outbox-kind-mail = Courriels
outbox-kind-logout = Avis de déconnexion
outbox-kind-recovery = Demandes de nouveau mot de passe
outbox-kind-text = SMS
outbox-waiting = { $n } en attente, dont { $failing } après un échec ; le plus ancien depuis { $oldest }
outbox-lead = Courriels, SMS et avis de déconnexion sont écrits avec leur cause puis envoyés, encore et encore jusqu’à réussir.
outbox-none = Rien n’attend d’être envoyé.
outbox-failing = Ce qui a échoué
outbox-next = { $n } tentatives ; la prochaine à { $at }
outbox-retry = Essayer maintenant
companies-none = Aucune entreprise ici.
company-closed = suspendue
company-add = Ajouter une entreprise
company-name = Nom de l’entreprise
company-slug = Nom court dans les URL
company-slug-hint = a–z, 0–9 et traits d’union. Il n’est jamais donné à une autre entreprise.
company-slug-change-hint = L’ancien mène toujours ici et n’est jamais donné à une autre entreprise.
company-region = Région
company-owner = Propriétaire
company-owner-hint = Une personne connue ici, par nom d’utilisateur, adresse ou identifiant. Peut rester vide.
company-publicly-named = Afficher son nom et son logo avant toute connexion
company-nobody = Personne n’a de compte ici.
company-itself = L’entreprise
company-suspend = Suspendre
company-suspend-hint = La suspension ferme aussitôt toutes ses portes, et aucun de ses jetons ne compte. Rien n’est perdu.
company-resume = La laisser agir de nouveau
company-resume-hint = Elle est suspendue : on ne peut pas y entrer.
role-add = Ajouter un rôle
role-delete = Supprimer le rôle
role-name = Nom dans les jetons
role-name-hint = Lettres, chiffres, points et traits d’union.
role-title = Nom pour les personnes
roles-none = Cette entreprise n’a aucun rôle.
person-since = depuis le { $date }
person-absorbed = repris par un autre identifiant
person-absorbed-into = L’identifiant qui l’a repris
person-closed = fermé
person-closing = en cours de fermeture par la personne
person-disabled = désactivé
person-waiting = pas encore activé
person-open = en service
person-add = Ajouter une personne
person-add-text = Elle reçoit un courriel avec un lien pour choisir un mot de passe.
person-operator = opérateur
person-sign-in = Connexion
person-verified = prouvée
person-unverified = non prouvée
person-factors = Seconds facteurs
person-no-factor = aucun
person-browsers = Navigateurs ouverts
person-apps = Applications connectées
person-no-account = Aucun compte dans aucune entreprise.
person-help = Ce que vous pouvez faire
person-enable = Réactiver
person-enable-text = La personne peut de nouveau se connecter.
person-password = Envoyer un lien
person-password-text = Un courriel à son adresse prouvée lui permet de choisir un nouveau mot de passe.
person-reset = Commencer
person-reset-text = Tous ses seconds facteurs sont perdus : elle est avertie par courriel et, après { $days } jours sans refus, ils sont abandonnés.
person-sign-out = Déconnecter partout
person-sign-out-text = Tous les navigateurs et toutes les applications qui agissent pour elle sont déconnectés.
person-disable = Désactiver
person-disable-text = La personne ne peut plus se connecter, et tout ce qui est ouvert se termine.
search-clients = Nom ou identifiant
clients-none = Aucune application ici.
client-add = Ajouter une application
client-kind = Ce que c’est
client-kind-web = Application web avec serveur
client-kind-web-hint = garde un secret
client-kind-spa = Application web dans le navigateur
client-kind-spa-hint = sans secret ; PKCE la protège
client-kind-native = Application mobile ou de bureau
client-kind-native-hint = sans secret ; demande l’accord à chaque nouveauté
client-kind-service = Service sans personne
client-kind-service-hint = des jetons pour une machine
client-name = Nom de l’application
client-name-hint = On le lit en se connectant.
client-redirect-uris = URI de redirection
client-redirect-uris-hint = Où vont les réponses, une par ligne. Comparées à l’identique.
client-disabled = désactivée
client-secret-once = Le secret du client. Copiez-le maintenant : il n’est affiché qu’une fois.
client-settings = Réglages
client-post-logout = Où l’on peut aller après la déconnexion
client-uri = Sa propre page
client-backchannel = Déconnexion par le serveur (back-channel)
client-scope = Portées qu’elle peut demander
client-scope-hint = Celles de vos serveurs de ressources aussi, séparées par des espaces.
client-usage = Entreprises
client-usage-require = Toujours une entreprise
client-usage-allow = Avec ou sans
client-usage-deny = Jamais
client-consent = Accord
client-consent-ask = On demande aux personnes
client-consent-implicit = Vous en répondez
client-more = Plus
client-grants = Ce qu’elle peut faire
client-grant-people = Connecter des personnes
client-grant-machine = Obtenir des jetons pour elle-même
client-grant-exchange = Échanger des jetons
client-algorithm = Signature des jetons d’identité
client-refresh = Jetons de rafraîchissement
client-refresh-rotating = Un nouveau à chaque usage
client-refresh-stable = Un seul pour toute la durée
client-pkce = Exiger PKCE
client-claims = Mettre aussi le profil dans le jeton d’identité
client-serves = Serveurs de ressources qu’elle est
client-serves-hint = Elle peut en vérifier les jetons. Un par ligne.
client-listed = Seulement pour ces entreprises
client-companies-hint = Noms courts ou identifiants, un par ligne.
client-paste = À coller dans votre application
client-discovery = Toute bibliothèque OpenID Connect trouve le reste ici :
client-secrets = Les secrets
client-secret-end = Y mettre fin
client-secrets-none = Elle n’a aucun secret valable.
client-overlap = Heures pendant lesquelles les anciens comptent encore
client-rotate = Nouveau secret
client-metadata = Ses métadonnées en JSON
client-end = Désactiver
client-enable = Réactiver
client-disable = Désactiver
client-disable-text = On ne peut plus y entrer, et rien de ce qui lui a été remis ne compte tant qu’elle est désactivée.
client-delete = Supprimer définitivement
client-delete-text = C’est sans retour, et l’identifiant n’est jamais redonné.
resources-lead = Les API pour lesquelles sont les jetons d’accès. Celle de Vestibule est
resources-none = Pas encore d’API à vous.
resource-add = Ajouter un serveur de ressources
resource-name = Nom de l’API
resource-identifier = Identifiant
resource-identifier-hint = Une URI absolue : l’audience de ses jetons. Elle ne change jamais.
resource-algorithm = Signature de ses jetons
resource-scopes = Portées
resource-scopes-hint = Une par ligne, ainsi : nom = ce que les personnes lisent
resource-delete = Supprimer
keys-lead = Chaque clé signe pendant { $days } jours ; la suivante est publiée bien avant. Les applications les trouvent à
keys-unsealed = Les clés ne sont pas chiffrées sur le disque : qui lit keys/ peut signer. Définissez keys.encryption_secret.
key-next = signera ensuite
key-current = signe maintenant
key-retiring = vérifie seulement
keys-rotate = Effectuer une rotation
keys-rotate-text = Les clés suivantes signent désormais et de nouvelles sont publiées. Les applications ne remarquent rien.
keys-young = Les clés suivantes ont été publiées si récemment que des applications ne les ont peut-être pas vues.
keys-force = Effectuer la rotation quand même : certaines applications verront une clé inconnue
settings-lead = Ce que disent le fichier de configuration et l’environnement. Cela se change là-bas et prend effet au redémarrage.
settings-default = par défaut
operators-lead = Les opérateurs voient toutes les entreprises et toutes les personnes, et n’agissent à la place de personne. Ils montrent toujours un second facteur.
operators-alone = Il n’y en a qu’un. Ajoutez-en un second, pour qu’un téléphone perdu n’enferme personne dehors.
operator-add = Ajouter un opérateur
operator-add-hint = Une personne qui se connecte ici.
operator-remove = N’est plus opérateur
log-none = Rien ici.
log-nobody = personne de connecté
log-kind = Le genre commence par
log-company = Entreprise
log-person = Personne
log-trouble = Un des champs nomme un jour, une entreprise ou une personne qui n’existe pas.
search-all-companies = Nom ou nom court (début d’un mot), ou identifiant
person-accounts = Comptes
scope-clients = gérer les applications de ce fournisseur
scope-clients-read = voir les applications de ce fournisseur
scope-companies = gérer les entreprises, leurs rôles et réglages, dans la limite de vos droits
scope-companies-read = voir les entreprises, leurs rôles et réglages, dans la limite de vos droits
scope-identities = gérer les personnes de ce fournisseur
scope-identities-read = voir les personnes de ce fournisseur
scope-keys = effectuer la rotation des clés de signature
scope-keys-read = voir l’état des clés de signature
scope-outbox = faire retenter des envois
scope-outbox-read = voir ce qui attend d’être envoyé
scope-resource_servers = gérer les serveurs de ressources
scope-resource_servers-read = voir les serveurs de ressources
scope-webhooks = gérer les webhooks, dans la limite de vos droits
scope-webhooks-read = voir les webhooks et ce qui leur a été livré
reason-precondition-failed-title = Cela a été modifié entre-temps
reason-precondition-failed-text = Ce que vous aviez vu n’est plus ce qui est là : rien n’a été modifié.
reason-precondition-failed-remedy = Relisez-le et envoyez ce que vous voulez avec son nouvel ETag.
reason-call-under-way-title = Cet appel est en cours
reason-call-under-way-text = Un appel avec la même Idempotency-Key n’a pas encore reçu de réponse.
reason-call-under-way-remedy = Attendez un instant et renvoyez-le.
reason-idempotency-key-reused-title = Cette Idempotency-Key a déjà servi
reason-idempotency-key-reused-text = La clé appartient à un autre appel, qui dit autre chose.
reason-idempotency-key-reused-remedy = Prenez une nouvelle clé pour chaque nouvelle chose à faire.
reason-refused-title = Cela n’a pas été fait
reason-refused-text = Ce qui est demandé enfreint une règle ; le titre dit laquelle.
reason-refused-remedy = Modifiez la demande et renvoyez-la.
console-webhooks = Les webhooks
webhooks-lead = Vos systèmes apprennent ce qui se passe par des messages signés (Standard Webhooks), renvoyés jusqu’à leur arrivée.
webhooks-none = Personne n’est encore averti.
webhook-add = Ajouter un webhook
webhook-url = Adresse (URL)
webhook-url-hint = En https, et pas d’adresse privée sauf si la configuration le permet.
webhook-company-hint = Par nom court ou identifiant : seule cette entreprise est concernée. Vide pour tout.
webhook-everything = tout ce qui se passe
webhook-disabled = désactivé
webhook-secret-once = Le secret qui signe ses messages. Copiez-le maintenant : il n’est affiché qu’une fois.
webhook-events = Ce qui lui est dit
webhook-events-hint = Rien de coché : tout ce qui peut lui être dit.
webhook-told = Il apprend :
webhook-provider-only = pas pour une entreprise
webhook-group-account = Comptes
webhook-group-link = Liens
webhook-group-invitation = Les invitations
webhook-group-company = Entreprises et rôles
webhook-group-identity = Identifiants de connexion
webhook-group-session = Connexions et déconnexions
webhook-group-client = Applications et serveurs de ressources
webhook-group-key = Rotations de clés
webhook-test = Envoyer un essai
webhook-messages = Ce qui lui a été dit
messages-none = Rien ne lui a encore été dit.
message-arrived = arrivé
message-given-up = abandonné
message-failing = échec, nouvelle tentative prévue
message-waiting = en route
message-attempts = { $n } tentatives
message-body = Le message
outbox-kind-webhook = Messages de webhooks
mail-campaign-subject = Vous avez plusieurs identifiants
mail-campaign-body =
    Bonjour,

    à cette adresse, vous avez { $count } identifiants :

    { $list }

    Vous pouvez n’en faire qu’un : un seul mot de passe, un seul second facteur et toutes vos entreprises dans une seule liste. Connectez-vous avec celui que vous voulez garder, ouvrez un compte, choisissez « Lier un compte » et donnez le mot de passe d’un autre :

    { $link }

    Rien ne change tant que vous ne le faites pas, et vous pouvez revenir en arrière pendant trois jours.
console-said-sent = Le message est en route.

# A company's own rooms
company-rooms = L’entreprise
usage-title = En bref
usage-lead = Comment { $company } est utilisée. Les barres montrent les deux dernières semaines.
usage-seats = { $n ->
    [one] licence prise
   *[other] licences prises
  }
usage-active = ouverts ces 30 derniers jours
usage-never = jamais ouverts
usage-pending = { $n ->
    [one] invitation en attente
   *[other] invitations en attente
  }
plot-ended = Comptes fermés
apps-title = Applications
apps-lead = Les applications où les personnes de { $company } peuvent entrer.
apps-none = Aucune application n’est ouverte à cette entreprise.
apps-by-operator = Les applications sont enregistrées par l’opérateur de cette connexion, qui décide aussi à quelles entreprises elles sont ouvertes.
app-chosen = ouverte à des entreprises choisies
app-for-all = ouverte à toutes les entreprises
app-asks = demande l’accord de chacun
app-vouched = l’opérateur s’en porte garant
app-machine = agit aussi d’elle-même
app-may = Ce qu’elle peut demander
roles-title = Rôles
roles-lead = Un rôle est un nom pour ce que quelqu’un peut faire dans les applications de { $company }. Un changement vaut aussitôt pour tous ceux qui l’ont.
roles-none-inside = Il n’y a pas encore de rôle. Sans rôle, chacun a les permissions que vous cochez pour lui.
role-holders = { $n ->
    [0] personne ne l’a
    [one] une personne l’a
   *[other] { $n } personnes l’ont
  }
role-bundles = Ce qu’il permet
role-delete-text = { $n ->
    [0] Personne n’a ce rôle. Il ne pourra pas être rétabli.
    [one] Une personne perd aussitôt ce qu’il permet. Il ne pourra pas être rétabli.
   *[other] { $n } personnes perdent aussitôt ce qu’il permet. Il ne pourra pas être rétabli.
  }
permission-company-people = Gérer les personnes de l’entreprise
permission-company-audit = Lire ce qui s’est passé dans l’entreprise
wrong-role-name = Un nom dans les jetons a de 1 à 100 lettres, chiffres et . : _ - /
wrong-role-title = Un nom pour les personnes a de 1 à 200 caractères.
wrong-role-taken = Un autre rôle porte ce nom.
wrong-role-permission = L’une de ces permissions n’existe plus. Regardez de nouveau la liste.
wrong-role-gone = Ce rôle n’existe plus.
branding-title = Apparence
branding-company = Dans les listes d’entreprises
branding-name-kept = le nom et le nom court sont tenus par l’opérateur
branding-domains = Domaines
branding-domains-text = Les pages où mènent les courriels portent l’apparence d’un domaine. Les domaines et l’expéditeur de leurs courriels sont ajoutés par l’opérateur.
branding-domains-none = Cette entreprise n’a pas de domaine à elle.
logo = Logo de l’entreprise
logo-hint = Un PNG d’au plus 64 Ko et 2048 pixels.
logo-remove = Pas de logo
brand-name = Nom à la place du nôtre
brand-accent = Couleur sur les pages claires
brand-accent-dark = Couleur sur les pages sombres
brand-accent-hint = Écrite #rrggbb ; elle doit être lisible sur la page.
brand-support = Où trouver de l’aide
brand-sender = Ses courriels viennent de { $sender }.
wrong-face-logo = Ce n’est pas un PNG, ou il dépasse 64 Ko ou 2048 pixels.
wrong-face-accent = Cette couleur n’est pas écrite #rrggbb, ou ne se lit pas sur les pages claires.
wrong-face-accent-dark = Cette couleur n’est pas écrite #rrggbb, ou ne se lit pas sur les pages sombres.
wrong-face-support = L’aide se trouve à une adresse https, ou mailto.
wrong-face-name = Un nom a de 1 à 200 caractères.
wrong-face-gone = Ce domaine n’existe plus.
webhooks-lead-inside = D’autres programmes peuvent apprendre aussitôt ce qui se passe dans cette entreprise. Les messages sont signés (Standard Webhooks) et retentés jusqu’à leur arrivée.
resource-permissions = Permissions des comptes
resource-permissions-hint = Une par ligne, ainsi : nom = ce que lit qui la donne. Les entreprises les réunissent en rôles.
audit-brand-changed = Apparence d’un domaine modifiée

# Clients that register themselves
registration-title = Applications qui s’enregistrent elles-mêmes
registration-mode-off = Personne n’enregistre d’application ici (registration.mode vaut off). Les jetons déjà faits compteront de nouveau quand on l’activera.
registration-mode-token = Qui possède l’un de ces jetons peut enregistrer des applications (registration.mode vaut token).
registration-mode-open = Tout le monde peut enregistrer des applications (registration.mode vaut open). Une telle application est signalée aux personnes tant que vous n’en répondez pas ; avec l’un de ces jetons, elle ne l’est pas.
registration-endpoint = Elles s’enregistrent à
registration-scope = Elles peuvent demander
registration-unused = Sans usage pendant { $days } jours, elles disparaissent.
registration-tokens = Jetons
registration-tokens-none = Il n’y a pas de jeton.
registration-token-add = Faire un jeton
registration-token-once = Copiez ce jeton maintenant. Il n’est montré qu’ici.
registration-token-name = À quoi il sert
registration-token-name-hint = Pour vous et les autres opérateurs.
registration-token-end = Mettre fin
registration-days = Jours pendant lesquels il compte
registration-uses-label = Applications qu’il peut enregistrer
registration-uses-hint = Laissez vide pour un nombre quelconque.
registration-uses = { $n ->
    [one] encore une application
   *[other] encore { $n } applications
  }
registration-uses-any = un nombre quelconque d’applications
client-untrusted = s’est enregistrée elle-même
client-untrusted-text = Personne ici n’a examiné cette application. Les personnes sont averties quand elle leur demande un accès.
client-vouch = En répondre
console-said-vouched = Les personnes ne sont plus averties de cette application.
consent-untrusted = Personne n’a vérifié cette application
consent-untrusted-text = Elle s’est enregistrée elle-même, et son nom peut être n’importe quoi. Ce que vous permettez va à { $host }. Ne continuez que si vous connaissez ce lieu.

# Trying a sign-in
client-try = Essayer une connexion
client-try-text = Connectez-vous comme si vous veniez de cette application, et voyez ce qu’elle recevrait. Rien ne va à l’application, et ce qui est montré ne compte pas.
client-try-again = Essayer encore
tried-title = Une connexion à { $client }
tried-lead = Voici ce que l’application aurait reçu. Rien de cela ne compte plus.
tried-error = L’application aurait reçu l’erreur
tried-gone = Cet essai est terminé. Ce qu’il montrait n’est montré qu’une fois.
tried-id-token = Le jeton d’identité dit
tried-access-token = Le jeton d’accès dit
tried-userinfo = UserInfo dit
tried-refreshes = Elle aurait reçu un jeton d’actualisation.
tried-no-refresh = Elle n’aurait pas reçu de jeton d’actualisation.

# The reference of the API
reference-title = L’API de gestion
reference-lead = Chaque appel, tiré de la description que lisent les programmes.
reference-token = Les appels portent un jeton d’accès demandé avec
reference-scope = Portée
reference-body = On envoie
reference-schemas = Ce qui est envoyé et répondu
device-title = Connecter un appareil
device-lead = Votre appareil affiche un code de huit lettres. Saisissez-le ici ; vous vous connectez ensuite, et l’appareil continue tout seul.
device-code = Code affiché par l’appareil
device-code-hint = Par exemple WDJB-MJHT. Les tirets et les minuscules n’ont pas d’importance.
device-button = Continuer
device-warning = Ne continuez qu’avec un code lu sur un appareil devant vous. Si quelqu’un vous l’a envoyé, arrêtez : cette personne serait connectée en votre nom.
device-code-unknown = Aucun appareil n’attend avec ce code. Relisez-le, ou demandez-en un nouveau à l’appareil : un code ne vaut que quelques minutes.
device-code-elsewhere = On répond à ce code dans un autre navigateur, ou vous vous êtes déconnecté depuis. Demandez un nouveau code à l’appareil.
device-too-often = Trop de codes erronés. Attendez un peu, ou connectez-vous d’abord et saisissez le code ensuite.
device-consent-title = Vous connecter à { $client } sur votre appareil ?
device-consent-code = Comparez : votre appareil doit afficher ce code.
device-consent-asked = Il a été demandé { $minutes ->
    [0] à l’instant
    [one] il y a une minute
   *[other] il y a { $minutes } minutes
}.
device-consent-asked-from = Il a été demandé { $minutes ->
    [0] à l’instant
    [one] il y a une minute
   *[other] il y a { $minutes } minutes
} depuis l’adresse { $address }.
device-consent-elsewhere = Ce n’est pas le réseau où vous êtes en ce moment.
device-allow = Connecter
device-deny = Ne pas connecter
device-ended-title = Votre appareil est connecté
device-ended-text = { $client } y est connecté au nom de { $label }.
device-ended-text-company = { $client } y est connecté au nom de { $label } pour { $company }.
device-ended-close = Vous pouvez fermer cette page et continuer sur l’appareil.
device-ended-security = Voir où vous êtes connecté
device-refused-title = L’appareil n’a pas été connecté
device-refused-text = Personne n’a été connecté à { $client } sur cet appareil. Vous pouvez fermer cette page.
device-again = Connecter un autre appareil
consent-untrusted-device = Elle s’est enregistrée elle-même, et son nom peut être n’importe quoi. Ne continuez que si vous savez avec certitude ce qui tourne sur votre appareil.
client-kind-device = Appareil sans navigateur
client-kind-device-hint = un téléviseur, une caisse, une ligne de commande : les personnes se connectent sur leur téléphone
client-grant-device = Connecter des personnes sur des appareils
mail-device-let-in-subject = Vous avez connecté un appareil à { $client }
mail-device-let-in-body =
    Bonjour,

    un appareil vient d’être connecté à { $client } avec votre connexion. Il l’avait demandé depuis l’adresse { $address }.

    Si ce n’était pas vous, déconnectez-le et choisissez un nouveau mot de passe :

    { $link }
mail-device-let-in-company-subject = Vous avez connecté un appareil à { $client }
mail-device-let-in-company-body =
    Bonjour,

    un appareil vient d’être connecté à { $client } pour { $company } avec votre connexion. Il l’avait demandé depuis l’adresse { $address }.

    Si ce n’était pas vous, déconnectez-le et choisissez un nouveau mot de passe :

    { $link }
