namespace Godwit.Storage.Files;

/// <summary>The disk or the quota is used up. What was asked for may succeed later.</summary>
public sealed class StoreFullException : IOException
{
    /// <summary>No more is known.</summary>
    public StoreFullException()
        : this("no space left for the store", null)
    {
    }

    /// <summary>What could not be written.</summary>
    public StoreFullException(string message)
        : this(message, null)
    {
    }

    /// <summary>What could not be written, and what the system said.</summary>
    public StoreFullException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
