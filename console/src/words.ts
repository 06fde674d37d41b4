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
