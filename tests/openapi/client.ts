// What somebody writes against the generated types; it must compile under --strict.
import type { components, operations } from "./schema";

type Book = components["schemas"]["BookOut"];
type Listed = operations["list_books"]["responses"]["200"]["content"]["application/json"];
type Change = operations["change_book"]["requestBody"]["content"]["application/json"];

export const titles = (page: Listed): string[] => page.items.map((book: Book) => book.title);
export const retag = (tags: string[]): Change => ({ tags }); // one field is enough: a PATCH has no defaults
export const told = (problem: components["schemas"]["Problem"]): string => `${problem.status} ${problem.type}: ${problem.detail}`;
