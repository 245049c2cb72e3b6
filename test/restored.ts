import { afterAll } from 'vitest';

// Files share a process: none may leave its variables, its folder or its exit code to the next.
const variables = { ...process.env };
const folder = process.cwd();

afterAll(() => {
  for (const name of Object.keys(process.env)) {
    if (!(name in variables)) delete process.env[name];
  }
  Object.assign(process.env, variables);
  process.chdir(folder);
  process.exitCode = undefined;
});
