// The clients of the blog and of the sessions in cookies, from the documents that are served: their server is the sandbox.
const served = process.env.OWN_API_URL ?? "http://127.0.0.1:8001";

export default ["laravel", "cookie"].map((name) => ({
  input: `${served}/${name}/openapi.json`,
  output: { path: `src/${name}`, importFileExtension: ".js" },
  logs: { level: "error", file: false },
  plugins: ["@hey-api/client-fetch"],
}));
