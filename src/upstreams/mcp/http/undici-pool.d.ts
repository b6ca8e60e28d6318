/** The pool by itself: with the whole package come fetch, WebSocket and caches, a tenth of an idle gateway's memory. */
declare module 'undici/lib/dispatcher/pool.js' {
  export { Pool as default } from 'undici';
}
