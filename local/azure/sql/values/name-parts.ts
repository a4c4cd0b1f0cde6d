/** `schema.name`, `[schema].[name]`, `database.schema.name`; of `database..name` the schema is empty. */
export function nameParts(name: string): readonly string[] {
  return (name.match(/\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*"|[^.]+|(?<=\.)(?=\.)/g) ?? []).map(
    (part) => {
      if (part.startsWith('[')) return part.slice(1, -1).replaceAll(']]', ']');
      return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.trim();
    },
  );
}
