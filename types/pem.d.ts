// `import ca from "../certs/isrg-root-x1.pem"`: scripts/rollup/pem.ts turns the file into a function that returns its DER bytes.
declare module "*.pem" {
  const der: () => string;
  export default der;
}
