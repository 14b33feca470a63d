/** How Linode's Object Storage is named to clients of S3. Pure. */

/** The host of an S3 API, which Linode tells with or without a scheme. */
export function endpointHost(endpoint: string): string {
  return endpoint.replace(/^https?:\/\//, "");
}

/** What signatures name: Linode's is the first part of the endpoint, not the region that a bucket is asked for in. */
export function signingRegion(endpoint: string): string {
  const host = endpointHost(endpoint);
  return host.split(".")[0] ?? host;
}

/** A bucket as `pulumi login` takes it. */
export function s3BackendUrl(bucket: string, endpoint: string): string {
  const options = `endpoint=https://${endpointHost(endpoint)}&s3ForcePathStyle=true&region=${signingRegion(endpoint)}`;
  return `s3://${bucket}?${options}`;
}
