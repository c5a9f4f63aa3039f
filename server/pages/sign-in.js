const withLink = document.querySelector('#with-link');
const withoutLink = document.querySelector('#without-link');
const button = document.querySelector('#sign-in');
const reason = document.querySelector('#reason');

const reasons = {
  unreachable: 'The provider you sign in with cannot be reached. Try again, or sign in with a password or a link.',
  late: 'That took too long, or this browser keeps no cookies. Try again.',
  refused: 'The provider did not let you sign in. Try again, or ask an administrator: the log has the cause.',
  unknown: 'You are not let in here under your mail address. Ask an administrator.',
  many: 'There were too many tries. Wait five minutes.',
};
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
    else if (response.status === 401) refuse('This link was used already or is too old.');
    else if (response.status === 429) refuse('There were too many tries. Wait five minutes, then use a fresh link.');
    else refuse('Signing in failed on the server. Its log has the cause.');
  } catch {
    button.disabled = false;
    button.textContent = 'Silverlining cannot be reached. Try again';
  }
}

const form = document.querySelector('#with-password');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const own = form.querySelector('button');
  own.disabled = true;
  reason.textContent = '';
  const { name, password } = Object.fromEntries(new FormData(form));
  try {
    const response = await fetch('/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: name.trim(), password }),
    });
    if (response.ok) return location.replace((await response.json()).next);
    if (response.status === 401) reason.textContent = 'Name and password do not belong together. Without a password, a link signs you in.';
    else if (response.status === 429) reason.textContent = 'There were too many tries. Wait a quarter of an hour, or use a link.';
    else reason.textContent = 'Signing in failed on the server. Its log has the cause.';
  } catch {
    reason.textContent = 'Silverlining cannot be reached. Try again.';
  }
  own.disabled = false;
  form.querySelector('#password').select();
});

if (token) {
  withLink.hidden = false;
  button.addEventListener('click', signIn);
  button.focus();
} else {
  withoutLink.hidden = false;
  reason.textContent = reasons[new URLSearchParams(location.search).get('openid')] ?? '';
}
