// The model's verbs, as a person would say them.
export const VERBS: Record<string, string> = {
  list: "a list of",
  create: "a create in",
  read: "a read of one of",
  update: "a change of one of",
  replace: "a replacement of one of",
  delete: "a delete of one of",
  act: "an action on one of",
};

/** What an operation does, by the model's verb, with the name of what it is about. */
export const WHAT: Record<string, (noun: string) => string> = {
  list: (noun) => `Lists each ${noun}.`,
  create: (noun) => `Creates one ${noun}.`,
  read: (noun) => `Reads one ${noun}.`,
  update: (noun) => `Changes one ${noun}.`,
  replace: (noun) => `Replaces one ${noun}.`,
  delete: (noun) => `Deletes one ${noun}.`,
  act: (noun) => `Does something with one ${noun}.`,
};
