from tkinter import messagebox
from tkinter import filedialog
import sys, os

from re import X as X, A

print(messagebox, filedialog, sys, os, A)
