// The page's view of the billing system: a client whose types were generated from the contract that the sandbox serves.
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./togai.js";

export type Account = components["schemas"]["Account"];
export type NewAccount = components["schemas"]["CreateAccountRequest"];

/** What the billing system said no with, or that it could not be reached. */
export class AccountsError extends Error {
  constructor(
    message: string,
    readonly status?: number,
  ) {
    super(message);
  }
}

export class Accounts {
  private readonly client: Client<paths>;

  constructor(baseUrl: string, token: string) {
    this.client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
  }

  /** All accounts, page after page. */
  async all(pageSize = 100): Promise<Account[]> {
    const found: Account[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.ask(this.client.GET("/accounts", { params: { query: { pageSize, nextToken } } }));
      found.push(...(page.data ?? []));
      nextToken = page.nextToken ?? undefined;
    } while (nextToken);
    return found;
  }

  /** Create an account; a call that the network lost, or that came at a bad moment, is tried again. */
  async create(account: NewAccount, attempts = 3): Promise<Account> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.ask(this.client.POST("/accounts", { body: account }));
      } catch (error) {
        const known = error instanceof AccountsError ? error : undefined;
        const isPassing = known && (known.status === undefined || known.status >= 500);
        if (!isPassing || attempt >= attempts) throw error;
      }
    }
  }

  private async ask<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
    const { data, error, response } = await call.catch(() => {
      throw new AccountsError("The billing system cannot be reached.");
    });
    if (data !== undefined && response.ok) return data;
    const message = (error as { message?: string } | undefined)?.message;
    throw new AccountsError(message ?? `The billing system answered ${response.status}.`, response.status);
  }
}
