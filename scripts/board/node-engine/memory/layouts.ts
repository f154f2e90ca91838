import { HARDWARE_AES } from "./layouts/hardware-aes.ts";
import type { TlsLayout, TlsLayoutName } from "./layouts/layout.ts";
import { MBEDTLS_2_1_1 } from "./layouts/mbedtls-2.1.1.ts";
import { MBEDTLS_2_16_12 } from "./layouts/mbedtls-2.16.12.ts";
import { MBEDTLS_2_28_8 } from "./layouts/mbedtls-2.28.8.ts";

/** What an ESP32 with ESP-IDF 3.3 has. */
export const DEFAULT_TLS_LAYOUT: TlsLayoutName = "2.16.12";

const LAYOUTS: Record<TlsLayoutName, TlsLayout> = {
  "2.1.1": MBEDTLS_2_1_1,
  "2.16.12": MBEDTLS_2_16_12,
  "2.28.8": MBEDTLS_2_28_8,
  "hardware-aes": HARDWARE_AES,
};

/** The layout of a TLS library, by name. */
export function tlsLayout(name: TlsLayoutName = DEFAULT_TLS_LAYOUT): TlsLayout {
  return LAYOUTS[name];
}
