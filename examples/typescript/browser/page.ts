// A page that knows who is there by a cookie alone, which it cannot read: the browser keeps and sends it.
import { client } from "../src/cookie/client.gen.js";
import { getMe, postLogin, postLogout, postSignup } from "../src/cookie/sdk.gen.js";

client.setConfig({ credentials: "include" });

const form = document.querySelector("form")!;
const who = document.querySelector("#who")!;

function typed() {
  const fields = new FormData(form);
  return { body: { username: String(fields.get("username")), password: String(fields.get("password")) } };
}

async function show(what: string): Promise<void> {
  const { data, response } = await getMe();
  who.textContent = `${data?.username ?? "nobody"} (${what} ${response?.status ?? "not at all"})`;
}

/** Do something when a button is pressed, and show who is there after it. */
function press(button: string, act: () => Promise<{ response?: Response }>): void {
  document.querySelector(`#${button}`)!.addEventListener("click", async () => {
    who.textContent = "asking …";
    const { response } = await act();
    await show(`${button} ${response?.status ?? "blocked"}, me`);
  });
}

press("sign-up", () => postSignup(typed()));
press("log-in", () => postLogin(typed()));
press("log-out", () => postLogout());
await show("at first, me");
