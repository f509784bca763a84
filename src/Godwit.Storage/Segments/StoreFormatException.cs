namespace Godwit.Storage.Segments;

/// <summary>The store was written by a newer version. Nothing has been changed.</summary>
public sealed class StoreFormatException : Exception
{
    /// <summary>No more is known.</summary>
    public StoreFormatException()
    {
    }

    /// <summary>What was found, and what this version reads.</summary>
    public StoreFormatException(string message)
        : base(message)
    {
    }

    /// <summary>What was found, and what this version reads.</summary>
    public StoreFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
