/**
 * Loaded with `node --require`: this host then says that it has 256 GiB. A hundred projects promise 50 GiB at the
 * least that MEMORY takes; what they really use is a hundred times `sleep infinity`.
 */
const os = require("node:os");
const bytes = 256 * 1024 ** 3;
os.totalmem = () => bytes;
os.freemem = () => bytes;
process.constrainedMemory = () => 0;
