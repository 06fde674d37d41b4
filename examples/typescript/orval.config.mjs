// The client of the shop, from the document that is served: its server is the sandbox.
const served = process.env.OWN_API_URL ?? "http://127.0.0.1:8001";

export default {
  spring: {
    input: `${served}/spring/openapi.json`,
    output: {
      target: "src/spring/api.ts",
      client: "fetch",
      baseUrl: { getBaseUrlFromSpecification: true },
      override: { fetch: { includeHttpResponseReturnType: true } },
    },
  },
};
