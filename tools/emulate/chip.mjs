// An RP2040 with MicroPython in its flash, driven by lines of JSON.
//
// node chip.mjs BOOTROM FIRMWARE FILES FILES_AT [cs=PIN] [flash=CYCLES]: the emulator is the
// npm package rp2040js, found through NODE_PATH's folder in RP2040JS. With `flash` each miss of the
// flash cache costs that many cycles; without it flash is as fast as RAM, as in the emulator alone.
// In:  {"do":"usb","text"} {"do":"uart","unit","hex"} {"do":"pin","pin","high"}
//      {"do":"watch","pin"} {"do":"edges","pin"} {"do":"clock"}
// Out: {"see":"usb","text"} {"see":"uart","unit","hex"} {"see":"word","hex","hz","t_ns"} (what was
//      written on SPI while the pin `cs` was low), {"see":"edges","pin","t_ns":[...]},
//      {"see":"clock","t_ns","cycles"}, {"see":"stopped","why"}
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [bootrom, firmware, files, filesAt, ...options] = process.argv.slice(2);
const option = Object.fromEntries(options.map((word) => word.split('=')));
const { RP2040, USBCDC, GPIOPinState, LogLevel, ConsoleLogger } = await import(
  pathToFileURL(process.env.RP2040JS).href
);
const NS_A_CYCLE = 8; // 125 MHz
const STEP_NS = 1e6; // between two looks at what comes in
const chip = new RP2040();
const { clock } = chip;
const say = (what) => process.stdout.write(JSON.stringify(what) + '\n');
const hex = (bytes) => Buffer.from(bytes).toString('hex');

chip.logger = new ConsoleLogger(LogLevel.Error, false);
const rom = readFileSync(bootrom);
chip.loadBootrom(new Uint32Array(rom.buffer.slice(rom.byteOffset, rom.byteOffset + rom.length)));
chip.flash.set(readFileSync(firmware));
chip.flash.set(readFileSync(files), Number(filesAt));
let stopped = false;
const stop = (why) => {
  say({ see: 'stopped', why });
  stopped = true;
};
chip.onBreak = (code) => stop(`breakpoint ${code}`);
chip.peripherals[0x40058].onWatchdogTrigger = () => stop('watchdog');

// The flash cache: 16 KB, two ways, lines of 8 bytes (RP2040 datasheet, 2.6.3.1).
let missed = 0;
if (option.flash) {
  const tags = new Int32Array(2048).fill(-1);
  const look = (address) => {
    if (address >>> 24 !== 0x10) return;
    const line = (address & 0xffffff) >>> 3;
    const set = (line & 1023) << 1;
    if (tags[set] === line) return;
    if (tags[set + 1] !== line) missed += 1;
    tags[set + 1] = tags[set];
    tags[set] = line;
  };
  for (const name of ['readUint8', 'readUint16', 'readUint32']) {
    const read = chip[name];
    chip[name] = function (address) {
      look(address);
      return read.call(this, address);
    };
  }
}

// The emulator raises the transmit interrupt again when it is cleared, so for ever. The real one
// is raised when the FIFO runs low, which is always at once here: after a byte and when enabled.
for (const [unit, uart] of chip.uart.entries()) {
  uart.checkInterrupts = () =>
    chip.setInterrupt(uart.irq, !!(uart.interruptStatus & uart.interruptMask));
  const write = uart.writeUint32;
  uart.writeUint32 = function (offset, value) {
    if (offset === 0 || offset === 0x38) this.interruptStatus |= 0x20;
    write.call(this, offset, value);
    this.checkInterrupts();
  };
  uart.sent = [];
  uart.onByte = (byte) => uart.sent.push(byte);
  // Bytes come in at the speed of the wire.
  uart.coming = [];
  uart.alarm = clock.createAlarm(() => {
    uart.feedByte(uart.coming.shift());
    if (uart.coming.length) uart.alarm.schedule(1e10 / uart.baudRate);
  });
  uart.take = (bytes) => {
    const idle = !uart.coming.length;
    uart.coming.push(...bytes);
    if (idle && uart.coming.length) uart.alarm.schedule(1e10 / uart.baudRate);
  };
}

// A byte on SPI takes its time on the wire.
let word = [];
let hz = 0;
for (const spi of chip.spi) {
  const alarm = clock.createAlarm(() => spi.completeTransmit(0));
  spi.onTransmit = (byte) => {
    word.push(byte);
    alarm.schedule((spi.dataBits * 1e9) / spi.clockFrequency);
    hz = spi.clockFrequency;
  };
}
if (option.cs)
  chip.gpio[option.cs].addListener((state) => {
    if (state === GPIOPinState.High && word.length) say({ see: 'word', hex: hex(word), hz, t_ns: clock.nanos });
    word = [];
  });

// The emulator's own host answers every read at once, be it with nothing, so that the chip does
// little else; a real one waits until it has something to say.
const usb = new USBCDC(chip.usbCtrl);
const toUsb = [];
let wanted = 0;
function feedUsb() {
  if (!wanted || !toUsb.length) return;
  const piece = Uint8Array.from(toUsb.splice(0, wanted));
  wanted = 0;
  chip.usbCtrl.endpointReadDone(usb.outEndpoint, piece);
}
chip.usbCtrl.onEndpointRead = (endpoint, size) => {
  if (endpoint === usb.outEndpoint) wanted = size;
};
usb.onSerialData = (data) => say({ see: 'usb', text: Buffer.from(data).toString('latin1'), t_ns: clock.nanos });

const edges = {};
createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line);
  const pin = chip.gpio[order.pin];
  if (order.do === 'usb') toUsb.push(...Buffer.from(order.text, 'latin1'));
  if (order.do === 'uart') chip.uart[order.unit].take(Buffer.from(order.hex, 'hex'));
  if (order.do === 'pin') pin.setInputValue(order.high);
  if (order.do === 'watch') {
    edges[order.pin] = [];
    pin.addListener(() => edges[order.pin].push(clock.nanos));
  }
  if (order.do === 'edges') say({ see: 'edges', pin: order.pin, t_ns: edges[order.pin].splice(0) });
  if (order.do === 'clock') say({ see: 'clock', t_ns: clock.nanos, cycles: chip.core.cycles });
}).on('close', () => process.exit(0));

// The chip's time never runs ahead of the wall's, and what it fell behind while it worked it does
// not make up for: who waits for an answer from this PC waits as long as on a real board.
let beganNs = Number(process.hrtime.bigint());
function run() {
  if (stopped) process.exit(1);
  feedUsb();
  const until = clock.nanos + STEP_NS;
  let idle = false;
  while (clock.nanos < until && !stopped) {
    if (chip.core.waiting) {
      idle = true;
      clock.tick(clock.nextAlarm ? Math.min(clock.nanosToNextAlarm, until - clock.nanos) : 1e5);
    } else {
      missed = 0;
      const cycles = chip.core.executeInstruction() + missed * (option.flash || 0);
      clock.tick(cycles * NS_A_CYCLE);
    }
  }
  for (const [unit, uart] of chip.uart.entries())
    if (uart.sent.length) say({ see: 'uart', unit, hex: hex(uart.sent.splice(0)), t_ns: clock.nanos });
  const aheadNs = clock.nanos - (Number(process.hrtime.bigint()) - beganNs);
  if (aheadNs < 0) beganNs -= aheadNs;
  if (idle && aheadNs > STEP_NS) setTimeout(run, aheadNs / 1e6);
  else setImmediate(run);
}
run();
