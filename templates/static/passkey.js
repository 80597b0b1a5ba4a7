// Passkeys need a script. Everything else on these pages works without.
const able = "credentials" in navigator && window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON;
let waiting;

function send(form, credential) {
  form.elements.passkey.value = JSON.stringify(credential.toJSON());
  form.requestSubmit ? form.requestSubmit() : form.submit();
}

function fail(form) {
  const trouble = form.querySelector("[data-passkey-trouble]");
  if (trouble) trouble.hidden = false;
}

async function run(form) {
  // What else the form wants comes first: a passkey that was shown cannot wait for it.
  if (!form.reportValidity()) return;
  const options = JSON.parse(form.dataset.options).publicKey;
  waiting?.abort();
  try {
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    send(form, credential);
  } catch {
    fail(form);
  }
}

// While the name is typed, the browser may offer a passkey in the same place (conditional mediation).
async function offer(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  const options = JSON.parse(form.dataset.options).publicKey;
  waiting = new AbortController();
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    send(form, await navigator.credentials.get({ publicKey, mediation: "conditional", signal: waiting.signal }));
  } catch {
    // Nobody chose one.
  }
}

for (const form of able ? document.querySelectorAll("form[data-passkey]") : []) {
  form.hidden = false;
  for (const note of document.querySelectorAll("[data-without-passkeys]")) note.hidden = true;
  const start = form.querySelector("button[data-passkey-start]");
  start.hidden = false;
  start.addEventListener("click", () => run(form));
  if (form.dataset.conditional) offer(form);
}
