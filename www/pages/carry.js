// Presses the button of a form that the browser carries to an identity provider.
document.getElementById('carry').submit();
