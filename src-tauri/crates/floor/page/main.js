// One field that takes input, and one heading: what every page has at least.
const heading = document.createElement('h1');
heading.textContent = 'Encaisse';
const field = document.createElement('input');
field.id = 'amount';
document.getElementById('app').append(heading, field);
field.focus();
