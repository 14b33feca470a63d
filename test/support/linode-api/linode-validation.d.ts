/** The package has types, which its `exports` do not lead to. */
declare module "@linode/validation" {
  import type { Schema } from "yup";

  export const CreateNodePoolSchema: Schema;
  export const EditNodePoolSchema: Schema;
  export const createKubeClusterSchema: Schema;
  export const CreateFirewallSchema: Schema;
  export const UpdateFirewallSchema: Schema;
  export const CreateBucketSchema: Schema;
  export const createObjectStorageKeysSchema: Schema;
}
