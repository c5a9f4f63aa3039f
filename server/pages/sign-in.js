const withLink = document.querySelector('#with-link');
const withoutLink = document.querySelector('#without-link');
const button = document.querySelector('#sign-in');
const reason = document.querySelector('#reason');

const token = new URLSearchParams(location.search).get('token');
// The secret stays out of the history and of what is copied from the address bar.
if (token) history.replaceState(null, '', '/sign-in');

function refuse(message) {
  reason.textContent = message;
  withLink.hidden = true;
  withoutLink.hidden = false;
}

// A link is used up by a person, not by whatever fetches links to preview them: hence the button.
async function signIn() {
  button.disabled = true;
  try {
    const response = await fetch('/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (response.ok) location.replace((await response.json()).next);
    else if (response.status === 401) refuse('This link was used already or is more than 15 minutes old.');
    else if (response.status === 429) refuse('There were too many tries. Wait five minutes, then use a fresh link.');
    else refuse('Signing in failed on the server. Its log has the cause.');
  } catch {
    button.disabled = false;
    button.textContent = 'Silverlining cannot be reached. Try again';
  }
}

if (token) {
  withLink.hidden = false;
  button.addEventListener('click', signIn);
  button.focus();
} else {
  withoutLink.hidden = false;
}
