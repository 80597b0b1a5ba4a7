// OAuth 2.0 Form Post Response Mode: the answer posts itself; without script there is a button.
document.getElementById("answer").submit();
