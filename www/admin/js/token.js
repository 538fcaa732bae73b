// sessionStorage: gone with the tab, and never sent by the browser of its own accord.
const key = 'postern.setupToken';

export const storedToken = () => sessionStorage.getItem(key);
export const storeToken = (token) => sessionStorage.setItem(key, token);
export const forgetToken = () => sessionStorage.removeItem(key);

/** Takes `#token=…` out of the address before anything can copy, bookmark or log it. */
export function takeTokenFromAddress() {
  const found = /^#token=(.+)$/.exec(location.hash);
  if (!found) return;
  history.replaceState(null, '', location.pathname + location.search);
  try {
    storeToken(decodeURIComponent(found[1]));
  } catch {
    storeToken(found[1]);
  }
}
