// Microsoft's own clients start the cluster (JUDGE_START), run a command on the emulator (federation, runCommand, polling), or read the result of one that
// others started (JUDGE_COMMAND_ID). Prints the result as JSON.
import { createRequire } from "node:module";

const require = createRequire(process.env.JUDGE_MODULES + "/");
const { ClientAssertionCredential } = require("@azure/identity");
const { ContainerServiceClient } = require("@azure/arm-containerservice");
const env = process.env;
const assertion = async () => {
  const url = env.ACTIONS_ID_TOKEN_REQUEST_URL + "&audience=" + encodeURIComponent("api://AzureADTokenExchange");
  const answer = await fetch(url, { headers: { authorization: "Bearer " + env.ACTIONS_ID_TOKEN_REQUEST_TOKEN } });
  return (await answer.json()).value;
};
const url = env.SENTIMARK_EMULATOR_URL;
const credential = new ClientAssertionCredential(env.AZURE_TENANT_ID, env.AZURE_CLIENT_ID, assertion, { authorityHost: url, disableInstanceDiscovery: true });
const client = new ContainerServiceClient(credential, env.AZURE_SUBSCRIPTION_ID, { endpoint: url, credentialScopes: [url + "/.default"] });
if (env.JUDGE_START) await client.managedClusters.beginStartAndWait(env.AZURE_RESOURCE_GROUP, env.AZURE_CLUSTER, { updateIntervalInMs: 200 });
const cluster = await client.managedClusters.get(env.AZURE_RESOURCE_GROUP, env.AZURE_CLUSTER);
const result = env.JUDGE_COMMAND_ID
  ? await client.managedClusters.getCommandResult(env.AZURE_RESOURCE_GROUP, env.AZURE_CLUSTER, env.JUDGE_COMMAND_ID)
  : await client.managedClusters.beginRunCommandAndWait(env.AZURE_RESOURCE_GROUP, env.AZURE_CLUSTER,
      { command: env.JUDGE_COMMAND, context: env.JUDGE_CONTEXT, clusterToken: env.JUDGE_CLUSTER_TOKEN }, { updateIntervalInMs: 200 });
console.log(JSON.stringify({ cluster, power: cluster.powerState?.code, result }));
