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
signed-out-text = Ce navigateur ne se souvient plus de vous. Sur un ordinateur partagé, fermez aussi la fenêtre.

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
error-form-text = Revenez en arrière et réessayez.
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
error-link-text = Il a déjà servi, a expiré ou a été remplacé par un plus récent. Demandez à la personne qui vous a invité d’en envoyer un autre.
error-not-found-title = Il n’y a rien ici
error-not-found-text = L’adresse est peut-être mal tapée, ou la page a changé de place.
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
