// Included before the sources of better-sqlite3 12 on Node.js 24 and newer, whose node::ObjectWrap registers a hook of the
// environment for each object and removes it in the destructor. The garbage collector also destroys statements when no
// environment is current, where the removal aborts the process (since 24.19). Without the hooks, as in Node.js 22, objects are
// destroyed by the garbage collector alone. better-sqlite3 13 does not need this, but does not run on Node.js 20.
#ifdef __cplusplus
#include <node.h>
namespace node {
inline void WithoutEnvironmentHook(v8::Isolate*, void (*)(void*), void*) {}
}  // namespace node
#define AddEnvironmentCleanupHook WithoutEnvironmentHook
#define RemoveEnvironmentCleanupHook WithoutEnvironmentHook
#include <node_object_wrap.h>
#undef AddEnvironmentCleanupHook
#undef RemoveEnvironmentCleanupHook
#endif
