/** An image's file, put into the bundle. */
declare module '*.png' {
  const bytes: Uint8Array;
  export default bytes;
}
