/** The value if it is one of the options, otherwise undefined: for text from the URL and from form controls. */
export function oneOf<const T extends string>(options: readonly T[], value: string | null): T | undefined {
  return options.find((option) => option === value);
}
