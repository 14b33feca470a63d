/** Inputs that several verbs share. */

import * as z from "zod";

/** `--file`: another file than `.env`. */
export const file = z.string().optional().meta({ description: "read this file instead of .env" });
