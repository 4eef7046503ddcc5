// One field that takes input, one heading, and a colour: what every page has at least, and what is seen from outside.
document.body.style.background = '#ffb300';
const heading = document.createElement('h1');
heading.textContent = 'Encaisse';
const field = document.createElement('input');
field.id = 'amount';
document.getElementById('app').append(heading, field);
field.focus();
