"""Images a second of torchvision's usual pipeline: python torchvision_loader.py FOLDER SIZE BATCH_SIZE"""

import sys
import time
from pathlib import Path

from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms


class Folder(Dataset):
    def __init__(self, folder: str, size: int):
        self.files = sorted(Path(folder).glob("**/*.jpg"))
        self.transform = transforms.Compose([transforms.Resize((size, size)), transforms.ToTensor()])

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int):
        return self.transform(Image.open(self.files[index]).convert("RGB"))


def epoch(loader: DataLoader) -> int:
    return sum(len(batch) for batch in loader)


def main(folder: str, size: str, batch_size: str) -> None:
    loader = DataLoader(
        Folder(folder, int(size)), batch_size=int(batch_size), drop_last=True, num_workers=2, persistent_workers=True
    )
    epoch(loader)  # Starts the workers and fills the disk's cache.
    begun = time.perf_counter()
    images = epoch(loader)
    print(images / (time.perf_counter() - begun))


if __name__ == "__main__":
    main(*sys.argv[1:])
