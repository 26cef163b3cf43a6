/* A plugin for qemu-user (docs/devel/tcg-plugins.rst of QEMU) that counts instructions part by part: second.py says by
   a seek to MAGIC + n that part n begins. Its header is in no package of Debian's, hence the declarations. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
typedef void (*syscall_cb)(qemu_plugin_id_t, unsigned, int64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                           uint64_t, uint64_t, uint64_t);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, enum qemu_plugin_op, void *, uint64_t);
void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t, syscall_cb);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void *), void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);

int qemu_plugin_version = 1;

enum { LSEEK = 62, PARTS = 16 }; /* lseek of arm64 */
static const uint64_t MAGIC = UINT64_C(0x526F6C69) << 8;
static uint64_t executed, begun, counts[PARTS];
static unsigned part;

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    qemu_plugin_register_vcpu_tb_exec_inline(block, QEMU_PLUGIN_INLINE_ADD_U64, &executed,
                                             qemu_plugin_tb_n_insns(block));
}

static void begin(unsigned next)
{
    counts[part] += executed - begun;
    begun = executed;
    part = next;
}

static void called(qemu_plugin_id_t id, unsigned vcpu, int64_t number, uint64_t fd, uint64_t place, uint64_t a3,
                   uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8)
{
    if (number == LSEEK && place >= MAGIC && place < MAGIC + PARTS)
        begin(place - MAGIC);
}

static void ended(qemu_plugin_id_t id, void *unused)
{
    begin(0);
    for (unsigned i = 0; i < PARTS; i++)
        if (counts[i])
            fprintf(stderr, "part %u instructions %" PRIu64 "\n", i, counts[i]);
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_syscall_cb(id, called);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
