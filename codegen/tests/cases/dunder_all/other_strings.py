names = ["asynccontextmanager"]
__all__ = ["names"]
