namespace Godwit.Server.Configuration;

/// <summary>One prepared step of a reload. Disposed at the end, whether it was applied or not.</summary>
public interface IReloadStep : IDisposable
{
    /// <summary>The next configuration holds from now on. A step that throws has changed nothing.</summary>
    void Apply();

    /// <summary>After <see cref="Apply"/>, because a later step has failed: the one before holds again. Never throws.</summary>
    void Undo();
}
