namespace Godwit.Server.Configuration;

/// <summary>One prepared step of a reload. Disposed at the end, whether it was applied or not.</summary>
public interface IReloadStep : IDisposable
{
    /// <summary>The next configuration holds from now on. A step that throws has changed nothing.</summary>
    void Apply();

    /// <summary>After every step was applied: does what cannot be taken back, e.g. drops connections. Never throws.</summary>
    void Commit()
    {
    }

    /// <summary>After <see cref="Apply"/>, because a later step has failed: the one before holds again. Never throws.</summary>
    void Undo();
}
