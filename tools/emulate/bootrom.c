// The boot ROM of the emulated RP2040, of our own: what MicroPython asks of the real one.
//
// Layout and names of the tables: RP2040 datasheet, 2.8.3 "Bootrom Contents". Flash commands write
// straight into the emulator's flash. Floating point is the compiler's own (libgcc); what nobody
// calls leads to `trap`. Compiled with -ffixed-ip: callers rely on r12 being kept.

#include <stddef.h>
#include <stdint.h>

#define FLASH 0x10000000u
#define BOOT2 0x20041f00u  // the last 256 bytes of SRAM5

asm(".section .head, \"a\"\n"
    ".word 0x20041f00, start + 1, trap + 1, trap + 1\n"  // the stack ends below BOOT2
    ".byte 'M', 'u', 1, 2\n"
    ".hword functions, tables, lookup + 1\n"
    ".balign 4\n"
    "functions:\n"
    ".ascii \"P3\"\n.hword popcount32 + 1\n"
    ".ascii \"R3\"\n.hword reverse32 + 1\n"
    ".ascii \"L3\"\n.hword clz32 + 1\n"
    ".ascii \"T3\"\n.hword ctz32 + 1\n"
    ".ascii \"MC\"\n.hword copy + 1\n"
    ".ascii \"C4\"\n.hword copy + 1\n"
    ".ascii \"MS\"\n.hword set + 1\n"
    ".ascii \"S4\"\n.hword set + 1\n"
    ".ascii \"IF\"\n.hword nothing + 1\n"
    ".ascii \"EX\"\n.hword nothing + 1\n"
    ".ascii \"FC\"\n.hword nothing + 1\n"
    ".ascii \"CX\"\n.hword nothing + 1\n"
    ".ascii \"RE\"\n.hword flash_erase + 1\n"
    ".ascii \"RP\"\n.hword flash_program + 1\n"
    ".ascii \"UB\"\n.hword trap + 1\n"
    ".hword 0\n"
    "tables:\n"
    ".ascii \"SF\"\n.hword floats\n"
    ".ascii \"SD\"\n.hword doubles\n"
    ".hword 0\n"
    ".balign 4\n"
    // Byte -2 of each table says how many words it has.
    ".hword 0, 32\n"
    "floats:\n"
    ".word __aeabi_fadd, __aeabi_fsub, __aeabi_fmul, __aeabi_fdiv, trap, trap, trap\n"
    ".word __aeabi_f2iz, trap, __aeabi_f2uiz, trap, __aeabi_i2f, trap, __aeabi_ui2f, trap\n"
    ".word trap, trap, trap, trap, trap, trap, trap, trap\n"
    ".word __aeabi_l2f, trap, __aeabi_ul2f, trap\n"
    ".word __aeabi_f2lz, trap, __aeabi_f2ulz, trap, __aeabi_f2d\n"
    ".hword 0, 32\n"
    "doubles:\n"
    ".word __aeabi_dadd, __aeabi_dsub, __aeabi_dmul, __aeabi_ddiv, trap, trap, trap\n"
    ".word __aeabi_d2iz, trap, __aeabi_d2uiz, trap, __aeabi_i2d, trap, __aeabi_ui2d, trap\n"
    ".word trap, trap, trap, trap, trap, trap, trap, trap\n"
    ".word __aeabi_l2d, trap, __aeabi_ul2d, trap\n"
    ".word __aeabi_d2lz, trap, __aeabi_d2ulz, trap, __aeabi_d2f\n"
    ".text\n");

void *lookup(const uint16_t *table, uint32_t code)
{
    for (; *table; table += 2)
        if (*table == code)
            return (void *)(uintptr_t)table[1];
    return NULL;
}

void *copy(void *to, const void *from, uint32_t count)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    if ((((uintptr_t)t | (uintptr_t)f) & 3) == 0) {
        for (; count >= 16; count -= 16, t += 16, f += 16) {
            ((uint32_t *)t)[0] = ((const uint32_t *)f)[0];
            ((uint32_t *)t)[1] = ((const uint32_t *)f)[1];
            ((uint32_t *)t)[2] = ((const uint32_t *)f)[2];
            ((uint32_t *)t)[3] = ((const uint32_t *)f)[3];
        }
        for (; count >= 4; count -= 4, t += 4, f += 4)
            *(uint32_t *)t = *(const uint32_t *)f;
    }
    while (count--)
        *t++ = *f++;
    return to;
}

void *set(void *to, uint8_t value, uint32_t count)
{
    uint8_t *t = to;
    uint32_t word = value * 0x01010101u;
    for (; count && ((uintptr_t)t & 3); count--)
        *t++ = value;
    for (; count >= 4; count -= 4, t += 4)
        *(uint32_t *)t = word;
    while (count--)
        *t++ = value;
    return to;
}

uint32_t clz32(uint32_t x)
{
    uint32_t n = 0;
    if (!x)
        return 32;
    for (uint32_t half = 16; half; half >>= 1)
        if (!(x >> (32 - half)))
            n += half, x <<= half;
    return n;
}

uint32_t ctz32(uint32_t x) { return x ? 31 - clz32(x & -x) : 32; }

uint32_t popcount32(uint32_t x)
{
    uint32_t n = 0;
    for (; x; x &= x - 1)
        n++;
    return n;
}

uint32_t reverse32(uint32_t x)
{
    uint32_t y = 0;
    for (int i = 0; i < 32; i++, x >>= 1)
        y = y << 1 | (x & 1);
    return y;
}

void flash_erase(uint32_t offset, uint32_t count, uint32_t block_size, uint8_t block_command)
{
    set((void *)(FLASH + offset), 0xff, count);
}

void flash_program(uint32_t offset, const uint8_t *data, uint32_t count)
{
    uint32_t *to = (uint32_t *)(FLASH + offset);
    for (; count >= 4; count -= 4, data += 4)
        // Programming can only clear bits.
        *to++ &= data[0] | data[1] << 8 | data[2] << 16 | (uint32_t)data[3] << 24;
}

void nothing(void) {}

void trap(void)
{
    for (;;)
        asm volatile("bkpt 1");
}

// What the real one does when it finds a good second stage in flash: copies it to RAM and runs it.
void start(void)
{
    copy((void *)BOOT2, (const void *)FLASH, 256);
    asm volatile("mov lr, %1\n bx %0" : : "r"(BOOT2 + 1), "r"(0) : "lr");
    __builtin_unreachable();
}
