"""What runs on the board while it is flashed: short programs for its raw REPL.

They need no file of ours there, and what any MicroPython since 1.24 has. Answers stand between
`@@` (see repl.py).
"""

# A watchdog that the firmware started would end our work after 8 s; nothing feeds it any more. On
# RP2040 and RP2350 it can be switched off (data sheets 4.7.6 and 12.9.7: bit 30 of CTRL, cleared
# through the alias at 0x3000); an ESP32's can be given more time.
_QUIET = """
import sys
try:
 import machine
 if sys.platform=='rp2':
  a=0x400d8000 if 'RP2350' in sys.implementation._machine else 0x40058000
  machine.mem32[a+0x3000]=1<<30
 elif sys.platform=='esp32':
  machine.WDT(timeout=1800000)
except (ImportError,ValueError,OSError):
 pass
"""

# The module's own LED, None where it is not known (an ESP32-DevKitC has it at 2, or none).
_LED = """
import sys
try:
 from machine import Pin
 L=Pin('LED' if sys.platform!='esp32' else 2,Pin.OUT)
except (ImportError,ValueError,TypeError,AttributeError):
 L=None
"""

# What board this is, and the hash of every file on it: one round trip, printed as it is found.
FACTS = (
    _QUIET
    + """
import os,json
from binascii import hexlify,b2a_base64
from hashlib import sha256
def H(p):
 h=sha256()
 b=bytearray(512)
 with open(p,'rb') as f:
  while 1:
   n=f.readinto(b)
   if not n:break
   h.update(memoryview(b)[:n])
 return hexlify(h.digest()).decode()
def W(p):
 for e in os.ilistdir(p or '/'):
  q=p+'/'+e[0]
  if e[1]&0x4000:
   if p or e[0] not in ('rom','remote'):
    print(json.dumps([q,-1,'']),end=',')
    W(q)
  else:
   print(json.dumps([q,os.stat(q)[6],H(q)]),end=',')
def T(p):
 try:
  with open(p,'rb') as f:
   return b2a_base64(f.read()).decode().strip()
 except OSError:
  return None
s=os.statvfs('/')
i=sys.implementation
try:
 u=hexlify(machine.unique_id()).decode()
except (NameError,AttributeError):
 u=''
print('@@[',end='')
W('')
print(json.dumps({'platform':sys.platform,'version':list(i.version)[:3],'mpy':getattr(i,'_mpy',0)&255,
'machine':getattr(i,'_machine',''),'unique_id':u,'block':s[0],'blocks':s[2],'free':s[3],
'boot':T('/boot.json'),'settings':T('/settings.json')})+']@@')
"""
)

# Takes a file in pieces of base64, asks for each with \\x06, and lets it take its place only when
# it was read back whole. Base64, because a raw byte 3 would interrupt. Its LED blinks meanwhile.
PUT = (
    _LED
    + """
import os,json
from binascii import hexlify,a2b_base64
from hashlib import sha256
def P(p,n,want,w):
 d=p.split('/')[1:-1]
 for k in range(len(d)):
  try:
   os.mkdir('/'+'/'.join(d[:k+1]))
  except OSError:
   pass
 t=p+'.part'
 i=sys.stdin.buffer
 try:
  with open(t,'wb') as f:
   while n:
    k=min(n,w)
    sys.stdout.write('\\x06')
    f.write(a2b_base64(i.read((k+2)//3*4)))
    n-=k
    if L:L.value(n//(4*w)&1)
  h=sha256()
  b=bytearray(512)
  with open(t,'rb') as f:
   while 1:
    n=f.readinto(b)
    if not n:break
    h.update(memoryview(b)[:n])
 except OSError:
  try:
   os.remove(t)
  except OSError:
   pass
  raise
 ok=hexlify(h.digest()).decode()==want
 if ok:
  os.rename(t,p)
 else:
  os.remove(t)
 print('@@'+json.dumps(ok)+'@@')
print('@@1@@')
"""
)

# Removes files, and folders with all that is in them.
REMOVE = """
import os
def R(p):
 try:
  if os.stat(p)[0]&0x4000:
   for e in list(os.ilistdir(p)):
    R(p+'/'+e[0])
   os.rmdir(p)
  else:
   os.remove(p)
 except OSError as w:
  if w.errno!=2:
   raise
for p in %s:
 R(p)
s=os.statvfs('/')
print('@@%%d@@'%%(s[0]*s[3]))
"""

# Who lets it blink may be gone without a word: then it starts anew by itself.
_BLINK = (
    _QUIET
    + _LED
    + """
import time
try:
 for _ in range(%d):
  if L:L.value(not L.value())
  time.sleep_ms(120)
finally:
 if L:L.value(0)
import machine
machine.reset()
"""
)


def blink(within_s: float) -> str:
    """Give what lets a board blink until it is interrupted; after `within_s` it starts anew."""
    return _BLINK % (within_s * 1_000 / 120)


RESET = "import machine\nmachine.reset()"
BOOTLOADER = "import machine\nmachine.bootloader()"
