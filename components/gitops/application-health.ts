/** What ArgoCD is to think of an Application that another one made: our own gate between sync waves. */

/**
 * A script of ArgoCD's for the health of `argoproj.io/Application`. A wave is done when each Application of it is healthy, and
 * ArgoCD's own answer is healthy too early: from 3.4 on while objects are still missing (argoproj/argo-cd#27917), and after a
 * change while the status is that of the source before (argoproj/argo-cd#29649). So healthy is only what was compared with
 * the source that is asked for now, is in sync with it, and is healthy itself. In a manual environment a wave thus waits for
 * somebody to sync it. What ArgoCD cannot even render fails the wave, because waiting mends nothing. The language is Lua 5.1, without its libraries.
 */
export const applicationHealth = `
local function same(one, other)
  if type(one) ~= "table" or type(other) ~= "table" then return one == other end
  for key, value in pairs(one) do
    if not same(value, other[key]) then return false end
  end
  for key in pairs(other) do
    if one[key] == nil then return false end
  end
  return true
end

local status = obj.status or {}
local sync = status.sync or {}
local health = status.health or {}
local operation = status.operationState or {}

if health.status == "Degraded" then
  return { status = "Degraded", message = health.message or "is degraded" }
end
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "ComparisonError" or condition.type == "InvalidSpecError" then
    return { status = "Degraded", message = condition.message }
  end
end
if not same((sync.comparedTo or {}).source, obj.spec.source) then
  return { status = "Progressing", message = "is not compared with its source yet" }
end
local hasFailed = operation.phase == "Failed" or operation.phase == "Error"
if sync.status ~= "Synced" and hasFailed then
  return { status = "Degraded", message = operation.message or "the last sync failed" }
end
if sync.status ~= "Synced" then
  return { status = "Progressing", message = "waits to be synced" }
end
if health.status ~= "Healthy" then
  return { status = "Progressing", message = health.message or "is not healthy yet" }
end
return { status = "Healthy" }
`.trimStart();
