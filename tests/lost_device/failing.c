// A Vulkan layer that makes one call fail on purpose, for tests of what the program does then.
//
//   EVOTOR_FAIL_CALL    name of the call, as vkQueueSubmit
//   EVOTOR_FAIL_AT      which of its calls fails first, from 1
//   EVOTOR_FAIL_RESULT  what it returns instead of doing anything, a VkResult as a number
//   EVOTOR_FAIL_ONCE    if set, later calls work again; else every later call of the kind fails too, and where the
//                       device is lost, every submission and every wait
//   EVOTOR_FAIL_COUNT   a file that gets a line for each kind, its name and how often it was called
//   EVOTOR_FAIL_HARDWARE  if set, software adapters are shown as hardware, which the program takes by itself
//
// It needs no Vulkan header: what it has to know of the interface is below, and has not changed since its first version.
// Only calls whose arguments are integers and pointers are touched, six at most. Platforms pass these as whole words, so
// that one shape of function forwards all of them.

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uintptr_t word;
typedef int32_t (*call)(word, word, word, word, word, word);
typedef void (*any)(void);
typedef any (*lookup)(void *, const char *);

// The loader's side of a layer: what it hands over when an instance or a device is made.
enum { INSTANCE_LINK = 47, DEVICE_LINK = 48, LINK_INFO = 0 };
struct link {
    struct link *next;
    lookup of_instance;
    lookup of_device; // of an instance: of physical devices, not needed here
};
struct link_info {
    int32_t type;
    struct link_info *next;
    int32_t function;
    struct link *link;
};
struct negotiation {
    int32_t type;
    void *next;
    uint32_t version;
    lookup of_instance, of_device, of_physical_device;
};

enum { DEVICE_LOST = -4 };

// Where a device's properties say of what type it is: after four words of 32 bits, and there after the head of an
// extensible structure.
enum { TYPE_AT = 16, EXTENSIBLE_HEAD = 16, DISCRETE = 2 };

// Calls that can fail, in the order in which a program makes them first.
#define CALLS(X)                                                                                                      \
    X(vkCreateInstance) X(vkEnumeratePhysicalDevices) X(vkEnumerateDeviceExtensionProperties) X(vkCreateDevice)        \
    X(vkCreateSemaphore) X(vkCreateFence) X(vkCreateCommandPool) X(vkAllocateCommandBuffers) X(vkBeginCommandBuffer)   \
    X(vkEndCommandBuffer) X(vkResetCommandPool) X(vkCreateBuffer) X(vkAllocateMemory) X(vkBindBufferMemory)            \
    X(vkMapMemory) X(vkFlushMappedMemoryRanges) X(vkInvalidateMappedMemoryRanges) X(vkCreateDescriptorSetLayout)       \
    X(vkCreateDescriptorPool) X(vkAllocateDescriptorSets) X(vkCreatePipelineLayout) X(vkCreateShaderModule)            \
    X(vkCreatePipelineCache) X(vkCreateComputePipelines) X(vkQueueSubmit) X(vkWaitSemaphores) X(vkWaitSemaphoresKHR)   \
    X(vkGetSemaphoreCounterValue) X(vkGetSemaphoreCounterValueKHR) X(vkWaitForFences) X(vkGetFenceStatus)              \
    X(vkResetFences) X(vkQueueWaitIdle) X(vkDeviceWaitIdle)

enum kind {
#define X(name) KIND_##name,
    CALLS(X)
#undef X
    KINDS
};
static const char *const NAMES[KINDS] = {
#define X(name) #name,
    CALLS(X)
#undef X
};

static call real[KINDS], real_properties, real_extensible_properties;
static atomic_int made[KINDS];
static atomic_int lost;
static lookup next_of_instance, next_of_device;
static void *instance;

static int number(const char *name) {
    const char *value = getenv(name);
    return value ? atoi(value) : 0;
}

static int answers_of_the_device(enum kind kind) {
    return kind >= KIND_vkQueueSubmit && kind <= KIND_vkDeviceWaitIdle;
}

// Whether this call fails, and how.
static int fails(enum kind kind, int32_t *result) {
    int at = atomic_fetch_add(&made[kind], 1) + 1;
    const char *wanted = getenv("EVOTOR_FAIL_CALL");
    if (lost && answers_of_the_device(kind)) {
        *result = DEVICE_LOST;
        return 1;
    }
    if (!wanted || strcmp(wanted, NAMES[kind]) != 0) return 0;
    int first = number("EVOTOR_FAIL_AT");
    if (getenv("EVOTOR_FAIL_ONCE") ? at != first : at < first) return 0;
    *result = number("EVOTOR_FAIL_RESULT");
    if (*result == DEVICE_LOST && !getenv("EVOTOR_FAIL_ONCE")) lost = 1;
    return 1;
}

static int32_t forward(enum kind kind, word a, word b, word c, word d, word e, word f) {
    int32_t result;
    return fails(kind, &result) ? result : real[kind](a, b, c, d, e, f);
}

static struct link_info *link_of(word create_info, int32_t type) {
    struct link_info *info = ((struct link_info *)create_info)->next;
    while (info && !(info->type == type && info->function == LINK_INFO)) info = info->next;
    return info;
}

static int32_t make_instance(word info, word allocator, word out) {
    struct link_info *chain = link_of(info, INSTANCE_LINK);
    int32_t result;
    if (!chain) return -3;
    next_of_instance = chain->link->of_instance;
    chain->link = chain->link->next;
    if (fails(KIND_vkCreateInstance, &result)) return result;
    call create = (call)next_of_instance(NULL, "vkCreateInstance");
    result = create(info, allocator, out, 0, 0, 0);
    if (result == 0) {
        instance = *(void **)out;
        for (enum kind kind = KIND_vkEnumeratePhysicalDevices; kind <= KIND_vkCreateDevice; kind++)
            real[kind] = (call)next_of_instance(instance, NAMES[kind]);
        real_properties = (call)next_of_instance(instance, "vkGetPhysicalDeviceProperties");
        real_extensible_properties = (call)next_of_instance(instance, "vkGetPhysicalDeviceProperties2");
    }
    return result;
}

static int32_t make_device(word physical, word info, word allocator, word out) {
    struct link_info *chain = link_of(info, DEVICE_LINK);
    int32_t result;
    if (!chain) return -3;
    next_of_device = chain->link->of_device;
    call create = (call)chain->link->of_instance(instance, "vkCreateDevice");
    chain->link = chain->link->next;
    if (fails(KIND_vkCreateDevice, &result)) return result;
    result = create(physical, info, allocator, out, 0, 0);
    if (result == 0)
        for (enum kind kind = KIND_vkCreateDevice + 1; kind < KINDS; kind++)
            real[kind] = (call)next_of_device(*(void **)out, NAMES[kind]);
    return result;
}

#define X(name)                                                                                                       \
    static int32_t call_##name(word a, word b, word c, word d, word e, word f) {                                      \
        if (KIND_##name == KIND_vkCreateInstance) return make_instance(a, b, c);                                      \
        if (KIND_##name == KIND_vkCreateDevice) return make_device(a, b, c, d);                                       \
        return forward(KIND_##name, a, b, c, d, e, f);                                                                \
    }
CALLS(X)
#undef X

static const call OURS[KINDS] = {
#define X(name) call_##name,
    CALLS(X)
#undef X
};

static void disguise(word properties) {
    if (getenv("EVOTOR_FAIL_HARDWARE")) *(int32_t *)(properties + TYPE_AT) = DISCRETE;
}

static void properties(word physical, word out) {
    real_properties(physical, out, 0, 0, 0, 0);
    disguise(out);
}

static void extensible_properties(word physical, word out) {
    real_extensible_properties(physical, out, 0, 0, 0, 0);
    disguise(out + EXTENSIBLE_HEAD);
}

static any ours(const char *name, enum kind from, enum kind to) {
    for (enum kind kind = from; kind < to; kind++)
        if (strcmp(NAMES[kind], name) == 0) return (any)OURS[kind];
    return NULL;
}

static any of_device(void *device, const char *name) {
    if (strcmp(name, "vkGetDeviceProcAddr") == 0) return (any)of_device;
    any there = next_of_device(device, name);
    any here = ours(name, KIND_vkCreateDevice + 1, KINDS);
    return there && here ? here : there;
}

static any of_instance(void *of, const char *name) {
    if (strcmp(name, "vkGetInstanceProcAddr") == 0) return (any)of_instance;
    if (strcmp(name, "vkGetDeviceProcAddr") == 0) return (any)of_device;
    if (strcmp(name, "vkGetPhysicalDeviceProperties") == 0) return (any)properties;
    if (strncmp(name, "vkGetPhysicalDeviceProperties2", 30) == 0) return (any)extensible_properties;
    any here = ours(name, 0, KINDS);
    return here ? here : next_of_instance ? next_of_instance(of, name) : NULL;
}

__attribute__((visibility("default"))) int32_t vkNegotiateLoaderLayerInterfaceVersion(struct negotiation *version) {
    if (version->version > 2) version->version = 2;
    version->of_instance = of_instance;
    version->of_device = of_device;
    version->of_physical_device = NULL;
    return 0;
}

__attribute__((destructor)) static void write_counts(void) {
    const char *path = getenv("EVOTOR_FAIL_COUNT");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file) return;
    for (enum kind kind = 0; kind < KINDS; kind++)
        if (made[kind]) fprintf(file, "%s %d\n", NAMES[kind], made[kind]);
    fclose(file);
}
