/** mbedTLS error codes (mbedtls/ssl.h) that the firmware lets a program see. */

/** The peer closed in the authenticated way (MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY). */
export const CLOSE_NOTIFY = -0x7880;
/** The peer sent a fatal alert (MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE). */
export const FATAL_ALERT = -0x7780;
/** The bytes are no TLS record (MBEDTLS_ERR_SSL_INVALID_RECORD). */
export const INVALID_RECORD = -0x7200;
/** A record failed its integrity check (MBEDTLS_ERR_SSL_INVALID_MAC). */
export const INVALID_MAC = -0x7180;
/** The server's choice of version or suite cannot be accepted (MBEDTLS_ERR_SSL_BAD_HS_SERVER_HELLO). */
export const BAD_SERVER_HELLO = -0x7980;
/** The server chose a version below the least (MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION). */
export const BAD_PROTOCOL_VERSION = -0x6e80;
/** There is no CA chain, and one is required (MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED). */
export const CA_CHAIN_REQUIRED = -0x7680;
/** The Certificate message holds no certificate, or one for another purpose (MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE). */
export const BAD_CERTIFICATE_MESSAGE = -0x7a00;
/** What stands for a certificate is none (MBEDTLS_ERR_X509_INVALID_FORMAT). */
export const INVALID_CERTIFICATE = -0x2180;
/** Something that this version does not do: a handshake message in several records (MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE). */
export const FEATURE_UNAVAILABLE = -0x7080;
/** The certificate was refused (MBEDTLS_ERR_X509_CERT_VERIFY_FAILED). */
export const CERTIFICATE_REFUSED = -0x2700;
/** What the firmware's own receive function returns for every kind of lost connection. */
export const CONNECTION_LOST = -1;

/** The code as the firmware prints it in a handshake's exception: `-0x7780`. */
export function formatCode(code: number): string {
  return `-0x${(-code).toString(16).toUpperCase()}`;
}
