// The page itself: the form creates an account, the list below shows them all.
import { Accounts, type NewAccount } from "./accounts.js";
import { problem, table } from "./view.js";

const settings = new URLSearchParams(location.search);
const accounts = new Accounts(settings.get("api") ?? "http://127.0.0.1:8000/togai", "anything");
const list = document.querySelector("#list")!;
const form = document.querySelector("form")!;

async function show(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    list.innerHTML = table(await accounts.all());
  } catch (error) {
    list.innerHTML = problem(error);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void show(() => accounts.create(Object.fromEntries(new FormData(form)) as unknown as NewAccount));
});
void show(async () => undefined);
