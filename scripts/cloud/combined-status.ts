export const COMMIT_STATES = ["success", "failure", "pending", "error"] as const;
export type CommitState = (typeof COMMIT_STATES)[number];

export interface CombinedStatus {
  owner: string;
  repo: string;
  /** Of the whole commit; that of every single status in the document is another. */
  state: CommitState;
  /** The document has at least so many, and less than one status (1.2 KB) more; but never less than about 3 KB. */
  bytes: number;
  /** Where the top-level `state` stands: before the statuses, as in the real document, or behind everything. */
  stateAt: "start" | "end";
}

const API = "https://api.github.com";
const SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
const FIRST_ID = 1_000_001;
const DAY = "2026-11-20T";

/**
 * Makes GitHub's combined status of a commit (REST API, "Get the combined status for a specific reference") piece by
 * piece, so that it can be larger than what one wants to hold. Not every URL of the repository is there.
 */
export function* combinedStatus(wanted: CombinedStatus): Iterable<Buffer> {
  const state = `"state":"${wanted.state}"`;
  let text = wanted.stateAt === "start" ? `{${state},"statuses":[` : `{"statuses":[`;
  let bytesLeft = wanted.bytes - Buffer.byteLength(JSON.stringify(restOfDocument(wanted, 0)));
  let count = 0;
  do {
    text += (count > 0 ? "," : "") + JSON.stringify(singleStatus(wanted, count));
    count++;
    const bytes = Buffer.from(text);
    bytesLeft -= bytes.length;
    yield bytes;
    text = "";
  } while (bytesLeft > 0);
  const rest = JSON.stringify(restOfDocument(wanted, count)).slice(1, -1);
  yield Buffer.from(`],${rest}${wanted.stateAt === "end" ? `,${state}` : ""}}`);
}

function repositoryUrl({ owner, repo }: CombinedStatus): string {
  return `${API}/repos/${owner}/${repo}`;
}

function singleStatus(wanted: CombinedStatus, index: number): object {
  const others = COMMIT_STATES.filter((state) => state !== wanted.state);
  const state = others[index % others.length]!;
  const id = FIRST_ID + index;
  const minute = String(index % 60).padStart(2, "0");
  const target = `https://ci.example.com/${wanted.owner}/${wanted.repo}/runs/${id}/jobs?branch=master&attempt=1`;
  return {
    url: `${repositoryUrl(wanted)}/statuses/${SHA}`,
    avatar_url: `https://avatars.githubusercontent.com/oa/${id}?v=4`,
    id,
    node_id: Buffer.from(`SC_kwDO${id}`).toString("base64"),
    state,
    description: describe(wanted, state, index),
    target_url: target,
    context: `continuous-integration/board-${index} (Größe ${index % 16} MB)`,
    created_at: `${DAY}10:${minute}:00Z`,
    updated_at: `${DAY}11:${minute}:30Z`,
  };
}

/** With braces, brackets and a quoted state in it, for those who look for text instead of reading JSON. */
function describe(wanted: CombinedStatus, state: CommitState, index: number): string {
  const log = `step ${index}: {"state":"${state}","jobs":[1,2]} \\ "state": "${wanted.state}"? `;
  return `Build ${index} ended – ${state}\n${log.repeat(6)}`;
}

function restOfDocument(wanted: CombinedStatus, count: number): object {
  const { owner, repo } = wanted;
  const url = repositoryUrl(wanted);
  return {
    sha: SHA,
    total_count: count,
    repository: {
      id: 1_296_269,
      node_id: "MDEwOlJlcG9zaXRvcnkxMjk2MjY5",
      name: repo,
      full_name: `${owner}/${repo}`,
      private: false,
      owner: { login: owner, id: 1, url: `${API}/users/${owner}`, type: "Organization", site_admin: false },
      html_url: `https://github.com/${owner}/${repo}`,
      description: null,
      fork: false,
      url,
      commits_url: `${url}/commits{/sha}`,
      contents_url: `${url}/contents/{+path}`,
      deployments_url: `${url}/deployments`,
      issues_url: `${url}/issues{/number}`,
      statuses_url: `${url}/statuses/{sha}`,
    },
    commit_url: `${url}/commits/${SHA}`,
    url: `${url}/commits/${SHA}/status`,
  };
}
